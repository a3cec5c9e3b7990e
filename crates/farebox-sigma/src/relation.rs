//! Typed relations: records with named fields, and one function that gives the equations.

use alloc::vec::Vec;
use core::fmt;

use crate::{ElementVar, Equation, ScalarVar};

/// The name of a value in a record, for printing: `r2` or `com[3]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// The field.
    pub field: &'static str,
    /// The place in a list field.
    pub index: Option<usize>,
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "{}[{index}]", self.field),
            None => f.write_str(self.field),
        }
    }
}

/// A struct that is generic in what its fields carry. Implemented by [`record!`](crate::record) for `Name<()>`.
pub trait Record {
    /// The record with fields of type `T`.
    type Of<T>;

    /// The record with every field replaced, in the order of the fields.
    fn map<T, U>(record: &Self::Of<T>, f: impl FnMut(FieldName, &T) -> U) -> Self::Of<U>;
}

/// A relation: linear equations over named public elements and secret scalars, written once.
///
/// The order of the fields, and of the equations, is the order on the wire.
pub trait Relation {
    /// The name, for printing.
    const NAME: &'static str;
    /// The public elements, as `Name<()>`.
    type Publics: Record;
    /// The secret scalars, as `Name<()>`.
    type Secrets: Record;

    /// The two records without values: how long their lists are.
    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>);

    /// The equations, in the specification's order.
    fn equations(&self, publics: &Publics<Self, ElementVar>, secrets: &Secrets<Self, ScalarVar>) -> Vec<Equation>;
}

/// The public values of a relation, each of type `T`.
pub type Publics<R, T> = <<R as Relation>::Publics as Record>::Of<T>;
/// The secret values of a relation, each of type `T`.
pub type Secrets<R, T> = <<R as Relation>::Secrets as Record>::Of<T>;

/// Implements [`Record`] for a struct `Name<T>`, whose fields are listed in order as `one field` (of type `T`) or
/// `many field` (of type `Vec<T>`).
///
/// ```
/// pub struct Opening<T> {
///     pub value: T,
///     pub blinds: Vec<T>,
/// }
/// farebox_sigma::record!(Opening { one value, many blinds });
/// ```
#[macro_export]
macro_rules! record {
    ($name:ident { $($kind:ident $field:ident),+ $(,)? }) => {
        impl $crate::Record for $name<()> {
            type Of<T> = $name<T>;
            fn map<T, U>(record: &$name<T>, mut f: impl FnMut($crate::FieldName, &T) -> U) -> $name<U> {
                $name { $($field: $crate::record!(@$kind record, f, $field)),+ }
            }
        }
    };
    (@one $record:ident, $f:ident, $field:ident) => {
        $f($crate::FieldName { field: stringify!($field), index: None }, &$record.$field)
    };
    (@many $record:ident, $f:ident, $field:ident) => {
        $record.$field.iter().enumerate().map(|(index, value)| {
            $f($crate::FieldName { field: stringify!($field), index: Some(index) }, value)
        }).collect()
    };
}

/// Hands out handles for a record's fields, in order.
pub(crate) fn allocate<R: Record, T, V>(record: &R::Of<T>, var: impl Fn(u32) -> V) -> R::Of<V> {
    let mut next = 0;
    R::map(record, |_, _| {
        next += 1;
        var(next - 1)
    })
}

/// The names of a record's fields, in order.
pub(crate) fn names<R: Record, T>(record: &R::Of<T>) -> Vec<FieldName> {
    let mut names = Vec::new();
    R::map(record, |name, _| names.push(name));
    names
}
