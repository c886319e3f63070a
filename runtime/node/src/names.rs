//! Names: what people call their nodes, and what the gateway must know of each (`nodes.toml`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::id::NodeId;

/// The file's name in a store.
pub const FILE: &str = "nodes.toml";

/// What is known of each node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names(BTreeMap<NodeId, Known>);

/// What is known of one node.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What people call it.
    pub name: Option<String>,
    /// Rain that one tip of its bucket stands for, mm; its maker tells, usually 0.1 to 0.5.
    pub rain_mm_per_tip: Option<f64>,
}

/// Why `nodes.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NamesError {
    /// It cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It says something that is not understood.
    #[error("{}: {what}; write [5a3f19c2] and below it name = \"ridge\", rain_mm_per_tip = 0.2", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What.
        what: String,
    },
}

impl Names {
    /// Reads `nodes.toml` of the store `root`; without one no node has a name.
    ///
    /// # Errors
    /// When it is there and says something that is not understood.
    pub fn read(root: &Path) -> Result<Self, NamesError> {
        let path = root.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(NamesError::Read { path, source }),
        };
        Self::parse(&text).map_err(|what| NamesError::Wrong { path, what })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let rows: BTreeMap<String, Known> =
            toml::from_str(text).map_err(|e| e.message().replace('\n', " "))?;
        let mut names = BTreeMap::new();
        for (key, known) in rows {
            let node = key.parse::<NodeId>()?;
            let tip = known.rain_mm_per_tip;
            if tip.is_some_and(|mm| !(0.01..=5.0).contains(&mm)) {
                return Err(format!("node {node}: rain_mm_per_tip is not between 0.01 and 5 mm"));
            }
            names.insert(node, known);
        }
        Ok(Self(names))
    }

    /// What is known of `node`.
    #[must_use]
    pub fn of(&self, node: NodeId) -> Known {
        self.0.get(&node).cloned().unwrap_or_default()
    }

    /// What `node` is called: its name and number, or its number.
    #[must_use]
    pub fn call(&self, node: NodeId) -> String {
        match self.of(node).name {
            Some(name) => format!("{name} ({node})"),
            None => format!("node {node}"),
        }
    }

    /// The node that is meant by a name or a number.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<NodeId> {
        let named = self.0.iter().find(|(_, known)| known.name.as_deref() == Some(text));
        named.map(|(node, _)| *node).or_else(|| text.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_a_name_and_a_bucket() {
        let names = Names::parse("[51]\nname = \"ridge\"\nrain_mm_per_tip = 0.2\n[52]\n").unwrap();
        let ridge = NodeId::new(0x51);
        assert_eq!(names.of(ridge).rain_mm_per_tip, Some(0.2));
        assert_eq!(names.call(ridge), "ridge (00000051)");
        assert_eq!(names.call(NodeId::new(0x52)), "node 00000052");
        for (text, want) in [("ridge", Some(0x51)), ("52", Some(0x52)), ("valley", None)] {
            assert_eq!(names.find(text), want.map(NodeId::new), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_in_one_line() {
        for (text, want) in [
            ("[ridge]\n", "no number of a node"),
            ("[51]\nrain_mm = 0.2\n", "unknown field"),
            ("[51]\nrain_mm_per_tip = 20\n", "between 0.01 and 5 mm"),
            ("[51\n", "unclosed table"),
        ] {
            let error = Names::parse(text).unwrap_err();
            assert!(error.contains(want) && error.lines().count() == 1, "{error}");
        }
    }
}
