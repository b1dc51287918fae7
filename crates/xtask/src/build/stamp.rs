//! What a product was last made of, so that nothing is made twice from the same.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Folders in which only products lie.
const PRODUCTS: [&str; 6] = ["node_modules", "target", "pkg", "bindings", "dist", "build"];

/// The state of a product's ingredients.
#[derive(Debug)]
pub(super) struct Stamp {
    file: PathBuf,
    mark: String,
}

impl Stamp {
    /// Reads the `ingredients`, files or folders of the checkout; `how` is what else decides the result.
    pub(super) fn of(
        workspace: &Workspace,
        product: &str,
        ingredients: &[&str],
        how: &str,
    ) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        how.hash(&mut hasher);
        for ingredient in ingredients {
            hash(&workspace.path(ingredient), ingredient, &mut hasher)
                .with_context(|| format!("cannot read {ingredient}"))?;
        }
        let file = workspace.products("stamps").join(product);
        Ok(Self { file, mark: format!("{:016x}", hasher.finish()) })
    }

    /// Whether `output` is there and was made of the same.
    pub(super) fn is_current(&self, output: &Path) -> bool {
        output.exists() && fs::read_to_string(&self.file).is_ok_and(|mark| mark == self.mark)
    }

    /// Remembers that the product is made.
    pub(super) fn save(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        fs::write(&self.file, &self.mark)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// Adds a file's name and content, or those of all files below a folder, in the order of their names.
fn hash(path: &Path, name: &str, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    name.hash(hasher);
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !PRODUCTS.contains(&name.as_str()) {
            hash(&entry.path(), &name, hasher)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::hash;
    use std::fs;
    use std::hash::{DefaultHasher, Hasher};
    use std::path::Path;

    fn state(folder: &Path) -> u64 {
        let mut hasher = DefaultHasher::new();
        hash(folder, "folder", &mut hasher).unwrap();
        hasher.finish()
    }

    #[test]
    fn content_and_names_count_and_products_do_not() {
        let folder = std::env::temp_dir().join(format!("trailsift-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("pkg")).unwrap();
        fs::write(folder.join("a"), "1").unwrap();
        let before = state(&folder);
        fs::write(folder.join("pkg/product"), "1").unwrap();
        assert_eq!(state(&folder), before);
        fs::write(folder.join("a"), "2").unwrap();
        let changed = state(&folder);
        assert_ne!(changed, before);
        fs::rename(folder.join("a"), folder.join("b")).unwrap();
        assert_ne!(state(&folder), changed);
        fs::remove_dir_all(folder).unwrap();
    }
}
