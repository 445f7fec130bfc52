//! A folder held in memory: read from disk, written to disk, compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What lies at a path within the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A folder.
    Folder,
    /// A file and its bytes.
    File(Vec<u8>),
}

/// All below the folder, by paths within it, with `/` between. A folder comes before what it holds.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Image(pub BTreeMap<String, Node>);

impl Image {
    /// Everything below `folder`; an empty image if there is no such folder.
    pub fn load(folder: &Path) -> Image {
        let mut image = Image::default();
        if folder.exists() {
            image.load_below(folder, "");
        }
        image
    }

    fn load_below(&mut self, folder: &Path, prefix: &str) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = format!("{prefix}{}", entry.file_name().to_str().expect("a name in text"));
            if entry.file_type().expect("its type").is_dir() {
                self.load_below(&entry.path(), &format!("{path}/"));
                self.0.insert(path, Node::Folder);
            } else {
                self.0.insert(path, Node::File(fs::read(entry.path()).expect("a file")));
            }
        }
    }

    /// Writes everything below `folder`, which is made.
    pub fn store(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        for (path, node) in &self.0 {
            match node {
                Node::Folder => fs::create_dir_all(folder.join(path)),
                Node::File(bytes) => fs::write(folder.join(path), bytes),
            }
            .expect("a place to write");
        }
    }

    /// Where two images differ, in words; none if they are the same.
    pub fn difference(&self, other: &Image) -> Option<String> {
        let of = |image: &Image| image.0.keys().cloned().collect::<Vec<_>>();
        if of(self) != of(other) {
            return Some(format!("{:?} are not {:?}", of(self), of(other)));
        }
        self.0.iter().find(|(path, node)| other.0[*path] != **node).map(|(path, node)| match (node, &other.0[path]) {
            (Node::File(a), Node::File(b)) => {
                let at = a.iter().zip(b).position(|(a, b)| a != b);
                format!("{path}: {} bytes, {} bytes, first difference at {at:?}", a.len(), b.len())
            }
            _ => format!("{path} is a folder in one of them only"),
        })
    }
}
