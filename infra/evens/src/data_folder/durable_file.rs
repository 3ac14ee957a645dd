//! Small files of the data folder that survive a power cut, whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file of a folder, or replaces it. It is written beside it and renamed, so no crash leaves a part of it.
pub(crate) fn write(folder: &Path, name: &str, content: &str) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.new"));
    let mut file = File::create(&unfinished)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(name))?;
    sync_folder(folder)
}

/// Makes new names in a folder survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::write;
    use std::fs;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for content in ["5", "a longer one", "6"] {
            write(folder.path(), "layout", content).expect("a file");
            assert_eq!(fs::read_to_string(folder.path().join("layout")).expect("a file"), content);
        }
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}
