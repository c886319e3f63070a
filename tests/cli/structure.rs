//! The structure of a crate: which of its files takes a name from which other, tests left out.
//!
//! Files are read as Rust by `syn`, and a path is followed to the file that defines what it names: through
//! imports, `super`, globs and re-exports. Declaring a module is no arrow, nor is re-exporting from one's
//! own children, which is a room's face. What no path names stays unseen: methods and fields of a value.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::Item;
use syn::visit::Visit;

use crate::named::{Named, for_tests, head};

/// For each pair of files of a crate, below its `src`, the names that the first takes from the second.
pub(crate) type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// The arrows between the files of the crate whose sources lie in `src`: of its library, its program or both.
pub(crate) fn arrows(src: &Path) -> Arrows {
    let mut arrows = Arrows::new();
    let mut roots = ["lib.rs", "main.rs"].map(|name| src.join(name)).to_vec();
    roots.retain(|root| root.exists());
    assert!(!roots.is_empty(), "{}: no crate", src.display());
    for root in roots {
        let mut modules = Modules { src: src.to_owned(), all: Vec::new() };
        modules.read(&root, src, None);
        modules.arrows(&mut arrows);
    }
    arrows
}

/// A module that is not for tests only: a file, or a block in one.
struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    items: BTreeSet<String>,
    named: Named,
}

/// What a path leads to.
enum Found {
    Module(usize),
    /// What a module defines under this name.
    Item(usize, String),
}

struct Modules {
    src: PathBuf,
    /// The crate's root is the first.
    all: Vec<Module>,
}

impl Modules {
    /// Reads a file, the modules of which lie in `folder`.
    fn read(&mut self, file: &Path, folder: &Path, parent: Option<usize>) -> Option<usize> {
        let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let code = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let name = file.strip_prefix(&self.src).expect("a file of the crate").display().to_string();
        (!for_tests(&code.attrs)).then(|| self.module(&code.items, &name, folder, parent))
    }

    fn module(
        &mut self,
        items: &[Item],
        file: &str,
        folder: &Path,
        parent: Option<usize>,
    ) -> usize {
        let at = self.all.len();
        self.all.push(Module {
            file: file.to_owned(),
            parent,
            children: BTreeMap::new(),
            items: BTreeSet::new(),
            named: Named::default(),
        });
        for item in items {
            let (attributes, name) = head(item);
            if for_tests(attributes) {
                continue;
            }
            let Item::Mod(inner) = item else {
                self.all[at].items.extend(name.map(ToString::to_string));
                self.all[at].named.visit_item(item);
                continue;
            };
            let name = inner.ident.to_string();
            let folder = folder.join(&name);
            let child = match &inner.content {
                Some((_, items)) => Some(self.module(items, file, &folder, Some(at))),
                None => {
                    let elsewhere = attributes.iter().any(|a| a.path().is_ident("path"));
                    assert!(!elsewhere, "{file}: `mod {name}` has a path of its own");
                    let beside = folder.with_extension("rs");
                    let within = folder.join("mod.rs");
                    self.read(if beside.exists() { &beside } else { &within }, &folder, Some(at))
                }
            };
            self.all[at].children.extend(child.map(|child| (name, child)));
        }
        at
    }

    fn arrows(&self, out: &mut Arrows) {
        for (at, module) in self.all.iter().enumerate() {
            let imports = module.named.imports.iter().map(|import| (&import.path, import.public));
            let paths =
                module.named.globs.iter().chain(&module.named.paths).map(|path| (path, false));
            for (path, public) in imports.chain(paths) {
                // A module by itself is nothing taken: what counts is what is named in it.
                let Some(Found::Item(other, name)) = self.find(at, path, false, &mut Vec::new())
                else {
                    continue;
                };
                let files = (module.file.clone(), self.all[other].file.clone());
                if files.0 != files.1 && !(public && self.is_within(other, at)) {
                    out.entry(files).or_default().insert(name);
                }
            }
        }
    }

    fn is_within(&self, module: usize, ancestor: usize) -> bool {
        let parents = |at: &usize| self.all[*at].parent;
        std::iter::successors(Some(module), parents).any(|at| at == ancestor)
    }

    /// Where `path` leads from module `at`; `None` is another crate, or a name of the code's own. `more` if
    /// the path goes on. Imports may go round in a circle: what is `sought` already is not sought again.
    fn find<'a>(
        &'a self,
        at: usize,
        path: &'a [String],
        more: bool,
        sought: &mut Vec<(usize, &'a str)>,
    ) -> Option<Found> {
        let (first, mut rest) = path.split_first()?;
        let mut look = |at: usize, name: &'a str, rest: &[String]| {
            self.look_up(at, name, more || !rest.is_empty(), sought)
        };
        let mut found = match first.as_str() {
            "crate" => Found::Module(0),
            "self" => Found::Module(at),
            "super" => Found::Module(self.all[at].parent?),
            name => look(at, name, rest)?,
        };
        while let (&Found::Module(inner), Some((name, after))) = (&found, rest.split_first()) {
            found = match name.as_str() {
                "super" => Found::Module(self.all[inner].parent?),
                // What is not found is made by a macro there.
                name => {
                    look(inner, name, after).unwrap_or_else(|| Found::Item(inner, name.to_owned()))
                }
            };
            rest = after;
        }
        Some(found)
    }

    /// What `name` is in module `at`. A module and a function may share a name: the module goes first where
    /// the path goes on.
    fn look_up<'a>(
        &'a self,
        at: usize,
        name: &'a str,
        more: bool,
        sought: &mut Vec<(usize, &'a str)>,
    ) -> Option<Found> {
        let module = &self.all[at];
        let child = module.children.get(name).map(|child| Found::Module(*child));
        let item = module.items.get(name).map(|name| Found::Item(at, name.clone()));
        let own = if more { child.or(item) } else { item.or(child) };
        if own.is_some() || sought.contains(&(at, name)) {
            return own;
        }
        sought.push((at, name));
        let imported = module
            .named
            .imports
            .iter()
            .filter(|import| import.name == name)
            .find_map(|import| self.find(at, &import.path, more, sought));
        let found = imported.or_else(|| {
            module.named.globs.iter().find_map(|path| match self.find(at, path, true, sought)? {
                Found::Module(other) => self.look_up(other, name, more, sought),
                Found::Item(..) => None, // the variants of an enum
            })
        });
        sought.pop();
        found
    }
}
