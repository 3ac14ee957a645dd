//! [`Graph`]: the modules of a page in the order in which a browser would run them.

use crate::JoinError;
use crate::module::{Import, Module, Name};
use std::collections::HashMap;
use std::fmt::Write as _;

/// A module and all that it needs, each after those that it needs itself.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) modules: Vec<Module>,
    /// The number of each module that is done. `None` for one whose imports are being read.
    numbers: HashMap<String, Option<usize>>,
}

impl Graph {
    /// Reads the module at `entry`, and those that it imports.
    pub(crate) fn read(
        entry: &str,
        from: &str,
        read: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, JoinError> {
        let mut graph = Self { modules: Vec::new(), numbers: HashMap::new() };
        graph.add(entry, from, read)?;
        Ok(graph)
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.numbers.contains_key(path)
    }

    fn add(
        &mut self,
        path: &str,
        from: &str,
        read: &impl Fn(&str) -> Option<String>,
    ) -> Result<(), JoinError> {
        match self.numbers.get(path) {
            Some(Some(_)) => return Ok(()),
            Some(None) => return Err(JoinError::Circle { path: path.to_owned() }),
            None => {}
        }
        self.numbers.insert(path.to_owned(), None);
        let missing = || JoinError::Missing { path: path.to_owned(), from: from.to_owned() };
        let module = Module::parse(path, &read(path).ok_or_else(missing)?)?;
        for import in &module.imports {
            self.add(&import.from, path, read)?;
        }
        self.numbers.insert(path.to_owned(), Some(self.modules.len()));
        self.modules.push(module);
        Ok(())
    }

    /// The text of one script. The names of files that are loaded later replace the modules that the code names. The
    /// last module runs at the top level, where it may await; its exports are the script's.
    pub(crate) fn script(&self, later: &HashMap<String, String>) -> String {
        let mut script = String::new();
        for (number, module) in self.modules.iter().enumerate() {
            let code = module.later.iter().fold(module.code.clone(), |code, (from, path)| {
                let file = later.get(path).map_or("", String::as_str);
                code.replace(&format!("import(\"{from}\")"), &format!("import(\"/{file}\")"))
            });
            let imports: String = module.imports.iter().map(|import| self.import_text(import)).collect();
            let (path, exports) = (&module.path, module.exports_text());
            // A string takes everything.
            let _ = if number + 1 < self.modules.len() {
                write!(
                    script,
                    "// {path}\nconst ${number} = (() => {{\n{imports}{code}return {{{exports} }};\n}})();\n"
                )
            } else {
                let mut listed = String::new();
                for Name { exported, local } in &module.exports {
                    let _ = write!(listed, "{local} as {exported}, ");
                }
                write!(script, "// {path}\n{imports}{code}export {{ {listed}}};\n")
            };
        }
        script
    }

    fn import_text(&self, Import { from, names }: &Import) -> String {
        let number = self.numbers.get(from).copied().flatten().unwrap_or_default();
        let mut text = "const {".to_owned();
        for Name { exported, local } in names {
            // A string takes everything.
            let _ = write!(text, " {exported}: {local},");
        }
        let _ = writeln!(text, " }} = ${number};");
        text
    }
}
