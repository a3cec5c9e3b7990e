//! The folder `vectors/`: what we would write, what stands there, and the difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::schema::VectorFile;
use super::writer::Writer;
use super::{act, arc, blind_rsa, group, sigma, tokens, voprf, wire};

/// Path under `vectors/`, and text.
pub(crate) type Tree = BTreeMap<String, String>;

/// The folder in this workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// All of our files, from their seeds.
pub(crate) fn generate() -> Result<Vec<VectorFile>, String> {
    let mut writer = Writer::default();
    group::write(&mut writer)?;
    sigma::write(&mut writer)?;
    act::write(&mut writer)?;
    voprf::write(&mut writer)?;
    blind_rsa::write(&mut writer)?;
    wire::write(&mut writer)?;
    tokens::write(&mut writer)?;
    arc::write(&mut writer)?;
    Ok(writer.into_files())
}

/// The files as text.
pub(crate) fn texts(files: &[VectorFile]) -> Result<Tree, String> {
    files.iter().map(|file| Ok((file.path(), file.to_text()?))).collect()
}

/// All `.json` files below a folder, by their path in it.
pub(crate) fn read(root: &Path) -> Result<Tree, String> {
    let mut tree = Tree::new();
    for path in json_files(root)? {
        let text = std::fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        tree.insert(path, text);
    }
    Ok(tree)
}

/// Paths with `/`, sorted.
pub(crate) fn json_files(root: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", folder.display()))?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push((entry.path(), path + "/"));
            } else if path.ends_with(".json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes the files, and names those that stand there besides.
pub(crate) fn write(root: &Path, tree: &Tree) -> Result<Vec<String>, String> {
    for (path, text) in tree {
        let path = root.join(path);
        let error = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(error)?;
        }
        std::fs::write(&path, text).map_err(error)?;
    }
    Ok(json_files(root)?.into_iter().filter(|path| !tree.contains_key(path)).collect())
}

/// A line for every file that is missing, extra or changed.
pub(crate) fn differences(ours: &Tree, theirs: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, text) in ours {
        match theirs.get(path) {
            None => lines.push(format!("missing: {path}")),
            Some(other) if other != text => lines.push(format!("changed: {path}: {}", change(text, other))),
            Some(_) => {}
        }
    }
    let extra = theirs.keys().filter(|path| !ours.contains_key(*path));
    lines.extend(extra.map(|path| format!("extra: {path}: it is not made here")));
    lines.sort();
    lines
}

/// The cases that differ, or the line.
fn change(ours: &str, theirs: &str) -> String {
    let (Ok(ours_file), Ok(theirs_file)) = (VectorFile::parse(ours), VectorFile::parse(theirs)) else {
        return first_line(ours, theirs);
    };
    let cases = |file: &VectorFile| -> BTreeMap<u32, String> {
        let all = file.groups.iter().flat_map(|group| {
            group.cases.iter().map(move |case| (case.id, format!("{:?}{:?}{case:?}", group.params, group.keys)))
        });
        all.collect()
    };
    let (ours_cases, theirs_cases) = (cases(&ours_file), cases(&theirs_file));
    let ids: std::collections::BTreeSet<_> = ours_cases.keys().chain(theirs_cases.keys()).collect();
    let differ: Vec<String> =
        ids.into_iter().filter(|id| ours_cases.get(id) != theirs_cases.get(id)).map(ToString::to_string).collect();
    if differ.is_empty() {
        return first_line(ours, theirs);
    }
    let shown = differ.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    let more = if differ.len() > 10 { ", .." } else { "" };
    format!("{} of {} cases differ: {shown}{more}", differ.len(), ours_file.cases())
}

fn first_line(ours: &str, theirs: &str) -> String {
    let line = ours.lines().zip(theirs.lines()).position(|(ours, theirs)| ours != theirs);
    let line = line.unwrap_or_else(|| ours.lines().count().min(theirs.lines().count()));
    format!("line {} differs", line + 1)
}
