//! Fixed bases of a NIST curve, and its elements.

/// `struct Element` and `struct Bases` of `$group` over `$curve`, for scalars of `$len` bytes.
macro_rules! nist_bases {
    ($name:literal, $group:ident, $curve:ident, $len:literal) => {
        #[doc = concat!("An element of ", $name, ".")]
        #[derive(Clone, Copy, Default)]
        pub struct Element(pub(crate) $crate::weierstrass::point::Point<$curve>);

        $crate::ops::additive_newtype!(Element);

        impl core::ops::Mul<&Scalar> for Element {
            type Output = Self;
            fn mul(self, scalar: &Scalar) -> Self {
                let scalar = zeroize::Zeroizing::new(scalar.0.to_bytes());
                Self($crate::weierstrass::window::multi_mul(core::iter::once((&scalar[..], self.0))))
            }
        }

        impl $crate::Element for Element {
            fn double(&self) -> Self {
                Self(self.0.double())
            }
        }

        /// Fixed bases with their tables.
        pub struct Bases {
            elements: alloc::vec::Vec<Element>,
            /// Constant-time tables of all but the generator: 26 kB each for P-256, 58 kB for P-384.
            combs: alloc::vec::Vec<$crate::weierstrass::comb::Comb<Fe>>,
            /// Variable-time tables: 16 kB each for P-256, 24 kB for P-384.
            odd: $crate::weierstrass::straus::Tables<Fe>,
        }

        impl core::fmt::Debug for Bases {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct("Bases").field("len", &self.elements.len()).finish_non_exhaustive()
            }
        }

        /// The generator's table, built at its first use. Threads that come at the same time build it each and keep one.
        fn generator_comb() -> &'static $crate::weierstrass::comb::Comb<Fe> {
            static COMB: once_cell::race::OnceBox<$crate::weierstrass::comb::Comb<Fe>> =
                once_cell::race::OnceBox::new();
            COMB.get_or_init(|| {
                let generator = $crate::weierstrass::point::Point::<$curve>::GENERATOR;
                alloc::boxed::Box::new($crate::weierstrass::comb::Comb::new(&generator, 8 * $len))
            })
        }

        impl $crate::FixedBases<$group> for Bases {
            fn new(others: &[Element]) -> Self {
                use $crate::weierstrass::{comb::Comb, straus::Shape, straus::Tables};
                let mut elements = alloc::vec::Vec::with_capacity(others.len() + 1);
                elements.push(<$group as $crate::Group>::generator());
                elements.extend_from_slice(others);
                let combs = others.iter().map(|element| Comb::new(&element.0, 8 * $len)).collect();
                let odd = Tables::new(elements.iter().map(|element| (element.0, Some(Shape::FIXED))), 8 * $len);
                Self { elements, combs, odd }
            }

            fn elements(&self) -> &[Element] {
                &self.elements
            }

            fn mul(&self, base: usize, scalar: &Scalar) -> Element {
                let comb = match base.checked_sub(1) {
                    None => Some(generator_comb()),
                    Some(other) => self.combs.get(other),
                };
                let scalar = zeroize::Zeroizing::new(scalar.0.to_bytes());
                Element(comb.map_or($crate::weierstrass::point::Point::IDENTITY, |comb| comb.mul(&scalar[..])))
            }

            fn combine_vartime(&self, dynamic: &[Element], rows: &[$crate::Row<Scalar>]) -> alloc::vec::Vec<Element> {
                let bytes = |terms: &[(usize, Scalar)]| -> alloc::vec::Vec<(usize, [u8; $len])> {
                    terms.iter().map(|(index, scalar)| (*index, scalar.0.to_bytes())).collect()
                };
                let bytes =
                    |row: &$crate::Row<Scalar>| $crate::Row { fixed: bytes(&row.fixed), dynamic: bytes(&row.dynamic) };
                let rows: alloc::vec::Vec<_> = rows.iter().map(bytes).collect();
                let dynamic = dynamic.iter().map(|element| element.0);
                $crate::weierstrass::straus::combine_vartime(&self.odd, dynamic, &rows, $len)
                    .into_iter()
                    .map(Element)
                    .collect()
            }
        }
    };
}

pub(crate) use nist_bases;
