//! What the code of a module names: its imports and the paths in it, without what is for tests only.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, Meta, UseTree, Visibility};

/// A path as it is written: `crate`, `super` or a first name, and what follows.
pub(crate) type Names = Vec<String>;

/// Filled by visiting the items of a module.
#[derive(Default)]
pub(crate) struct Named {
    pub(crate) imports: Vec<Import>,
    /// What is imported whole.
    pub(crate) globs: Vec<Names>,
    /// The paths in the code, those of one name among them.
    pub(crate) paths: Vec<Names>,
}

/// `use path as name;`
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: Names,
    /// Whether others may take the name from here.
    pub(crate) public: bool,
}

/// The attributes of an item and the name that it gives to its module.
pub(crate) fn head(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(i) => (&i.attrs, Some(&i.ident)),
        Item::Enum(i) => (&i.attrs, Some(&i.ident)),
        Item::Fn(i) => (&i.attrs, Some(&i.sig.ident)),
        Item::ForeignMod(i) => (&i.attrs, None),
        Item::Impl(i) => (&i.attrs, None),
        Item::Macro(i) => (&i.attrs, i.ident.as_ref()),
        Item::Mod(i) => (&i.attrs, Some(&i.ident)),
        Item::Static(i) => (&i.attrs, Some(&i.ident)),
        Item::Struct(i) => (&i.attrs, Some(&i.ident)),
        Item::Trait(i) => (&i.attrs, Some(&i.ident)),
        Item::Type(i) => (&i.attrs, Some(&i.ident)),
        Item::Union(i) => (&i.attrs, Some(&i.ident)),
        Item::Use(i) => (&i.attrs, None),
        _ => (&[], None),
    }
}

/// Whether what bears these attributes is built for tests only.
pub(crate) fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            list.parse_args::<Meta>().is_ok_and(|condition| !without_tests(&condition))
        }
        meta => meta.path().is_ident("test"),
    })
}

/// Whether a condition can hold in a build that is not for tests.
fn without_tests(condition: &Meta) -> bool {
    let parts = || {
        let list = condition.require_list().ok()?;
        let split = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
        list.parse_args_with(split).ok()
    };
    let path = condition.path();
    if path.is_ident("all") {
        parts().is_none_or(|parts| parts.iter().all(without_tests))
    } else if path.is_ident("any") {
        parts().is_none_or(|parts| parts.iter().any(without_tests))
    } else {
        !path.is_ident("test") // `not(…)` too: it can hold
    }
}

macro_rules! unless_for_tests {
    ($($visit:ident: $node:ident),*) => {
        $(fn $visit(&mut self, node: &'ast syn::$node) {
            if !for_tests(&node.attrs) {
                visit::$visit(self, node);
            }
        })*
    };
}

impl<'ast> Visit<'ast> for Named {
    unless_for_tests!(
        visit_arm: Arm,
        visit_expr_block: ExprBlock,
        visit_expr_call: ExprCall,
        visit_expr_method_call: ExprMethodCall,
        visit_field: Field,
        visit_field_value: FieldValue,
        visit_impl_item_const: ImplItemConst,
        visit_impl_item_fn: ImplItemFn,
        visit_local: Local,
        visit_stmt_macro: StmtMacro,
        visit_trait_item_fn: TraitItemFn,
        visit_variant: Variant
    );

    fn visit_item(&mut self, item: &'ast Item) {
        if !for_tests(head(item).0) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.paths.push(path.segments.iter().map(|part| part.ident.to_string()).collect());
        }
        visit::visit_path(self, path); // what stands in its <…>
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone(), 1);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone(), 2);
        }
    }
}

impl Named {
    fn import(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let with = |ident: &Ident| [before, &[ident.to_string()]].concat();
        let (ident, path) = match tree {
            UseTree::Path(path) => return self.import(&path.tree, &with(&path.ident), public),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, before, public));
            }
            UseTree::Glob(_) => return self.globs.push(before.to_vec()),
            UseTree::Name(name) => (&name.ident, with(&name.ident)),
            UseTree::Rename(name) => (&name.rename, with(&name.ident)),
        };
        let whole = path.len() > 1 && path.last().is_some_and(|last| last == "self");
        let path = if whole { before.to_vec() } else { path };
        let name = if ident == "self" { before.last().cloned() } else { Some(ident.to_string()) };
        self.imports.extend(name.map(|name| Import { name, path, public }));
    }

    /// The paths in what only a macro understands, of `least` names or more.
    fn tokens(&mut self, tokens: TokenStream, least: usize) {
        let mut path = Names::new();
        let mut marks = String::new(); // what stands between the name before and this one
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if marks != "::" || path.is_empty() {
                        self.end(&mut path, least);
                    }
                    // A method, a lifetime, or the end of a path that began with `<…>`.
                    let part = marks.ends_with(['.', '\'']) && !marks.ends_with("..");
                    if !part && (!marks.ends_with("::") || !path.is_empty()) {
                        path.push(ident.to_string());
                    }
                    marks.clear();
                }
                TokenTree::Punct(mark) => marks.push(mark.as_char()),
                TokenTree::Group(group) => {
                    self.end(&mut path, least);
                    self.tokens(group.stream(), least);
                    marks = String::from("(");
                }
                TokenTree::Literal(literal) => {
                    self.end(&mut path, least);
                    marks.clear();
                    // serde has paths in strings: of functions, of types, of modules with its two functions.
                    let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok();
                    let named = text.and_then(|text| text.parse::<syn::Path>().ok());
                    if let Some(named) = named.filter(|_| least > 1) {
                        path.extend(named.segments.iter().map(|part| part.ident.to_string()));
                        path.push("serialize".into());
                    }
                    self.end(&mut path, least + 1);
                }
            }
        }
        self.end(&mut path, least);
    }

    fn end(&mut self, path: &mut Names, least: usize) {
        let path = std::mem::take(path);
        if path.len() >= least {
            self.paths.push(path);
        }
    }
}
