//! Settings of nodes (`nodes.toml`): what people call them, and what the gateway must know of each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::id::NodeId;

/// The file's name in a store.
pub const FILE: &str = "nodes.toml";

/// Settings of all nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings(BTreeMap<NodeId, NodeSettings>);

/// Settings of one node.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSettings {
    /// What people call it.
    pub name: Option<String>,
    /// Rain that one tip of its bucket stands for, mm; by its maker, usually 0.1 to 0.5.
    pub rain_mm_per_tip: Option<f64>,
}

/// Why `nodes.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// It cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why; it stands in the message.
        cause: std::io::Error,
    },
    /// Something in it is not understood.
    #[error("{}: {what}; write [5a3f19c2] and below it name = \"ridge\", rain_mm_per_tip = 0.2", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl Settings {
    /// Reads `nodes.toml` of the store `root`; without one every node has the default settings.
    ///
    /// # Errors
    /// When it is there and something in it is not understood.
    pub fn read(root: &Path) -> Result<Self, SettingsError> {
        let path = root.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(cause) => return Err(SettingsError::Read { path, cause }),
        };
        Self::parse(&text).map_err(|what| SettingsError::Wrong { path, what })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let rows: BTreeMap<String, NodeSettings> =
            toml::from_str(text).map_err(|e| e.message().replace('\n', " "))?;
        let mut nodes = BTreeMap::new();
        for (key, settings) in rows {
            let node = key.parse::<NodeId>().map_err(|e| e.to_string())?;
            let tip = settings.rain_mm_per_tip;
            if tip.is_some_and(|mm| !(0.01..=5.0).contains(&mm)) {
                return Err(format!("node {node}: rain_mm_per_tip is not between 0.01 and 5 mm"));
            }
            nodes.insert(node, settings);
        }
        Ok(Self(nodes))
    }

    /// Settings of `node`.
    #[must_use]
    pub fn of(&self, node: NodeId) -> NodeSettings {
        self.0.get(&node).cloned().unwrap_or_default()
    }

    /// What people call `node`: its name and number, or its number.
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
        let named = self.0.iter().find(|(_, s)| s.name.as_deref() == Some(text));
        named.map(|(node, _)| *node).or_else(|| text.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_a_name_and_a_bucket() {
        let settings =
            Settings::parse("[51]\nname = \"ridge\"\nrain_mm_per_tip = 0.2\n[52]\n").unwrap();
        let ridge = NodeId::new(0x51);
        assert_eq!(settings.of(ridge).rain_mm_per_tip, Some(0.2));
        assert_eq!(settings.call(ridge), "ridge (00000051)");
        assert_eq!(settings.call(NodeId::new(0x52)), "node 00000052");
        for (text, want) in [("ridge", Some(0x51)), ("52", Some(0x52)), ("valley", None)] {
            assert_eq!(settings.find(text), want.map(NodeId::new), "{text}");
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
            let error = Settings::parse(text).unwrap_err();
            assert!(error.contains(want) && error.lines().count() == 1, "{error}");
        }
    }
}
