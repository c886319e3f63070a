//! Which provider ran which nodes: read from the profile that ONNX Runtime writes of one run.
//!
//! A provider that cannot run a node leaves it to the processor and says nothing. The profile does.

use std::collections::BTreeMap;

use serde_json::Value;

/// Nodes that a provider ran, as counted by ONNX Runtime after it fused some: a whole TensorRT engine
/// is one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placement(BTreeMap<String, usize>);

impl Placement {
    /// Reads a profile, JSON as ONNX Runtime writes it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn read(profile: &str) -> Result<Self, String> {
        let events: Value = serde_json::from_str(profile).map_err(|e| format!("no JSON: {e}"))?;
        let events = events.as_array().ok_or("no list of events")?;
        let mut nodes = BTreeMap::new();
        for event in events {
            let name = event["name"].as_str().unwrap_or_default();
            // One such event a node and run; others tell of what is before and after it.
            if event["cat"] == "Node"
                && name.ends_with("_kernel_time")
                && let Some(provider) = event["args"]["provider"].as_str()
            {
                *nodes.entry(provider.to_owned()).or_default() += 1;
            }
        }
        if nodes.is_empty() {
            return Err("no node in it".to_owned());
        }
        Ok(Self(nodes))
    }

    /// For people: `CUDA runs 890 nodes; the processor 8 (0.9 %)`, or `CUDA runs all 898 nodes`.
    pub(super) fn words(&self) -> String {
        let all: usize = self.0.values().sum();
        let short = |provider: &str| provider.trim_end_matches("ExecutionProvider").to_owned();
        let on_processor = self.0.get("CPUExecutionProvider").copied().unwrap_or(0);
        let others: Vec<_> = self.0.iter().filter(|(p, _)| *p != "CPUExecutionProvider").collect();
        match (others.as_slice(), on_processor) {
            ([], n) => format!("the processor runs all {n} nodes"),
            ([(one, n)], 0) => format!("{} runs all {n} nodes", short(one)),
            (_, left) => {
                let parts: Vec<String> =
                    others.iter().map(|(p, n)| format!("{} runs {n} nodes", short(p))).collect();
                let share = left as f64 * 100.0 / all as f64;
                format!("{}; it left {left} ({share:.1} %) to the processor", parts.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(providers: &[&str]) -> String {
        let mut events = vec![serde_json::json!({ "cat": "Session", "name": "model_run" })];
        for (k, provider) in providers.iter().enumerate() {
            for part in ["fence_before", "kernel_time"] {
                events.push(serde_json::json!({
                    "cat": "Node", "name": format!("Conv_{k}_{part}"), "dur": 5,
                    "args": { "provider": provider, "op_name": "Conv" },
                }));
            }
        }
        serde_json::Value::Array(events).to_string()
    }

    #[test]
    fn nodes_left_to_the_processor_are_told_with_their_share() {
        let [cpu, cuda, rt] =
            ["CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"];
        for (given, want) in [
            (vec![cpu, cpu], "the processor runs all 2 nodes"),
            (vec![cuda, cuda, cuda], "CUDA runs all 3 nodes"),
            (vec![cuda, cpu, cuda, cuda], "CUDA runs 3 nodes; it left 1 (25.0 %) to the processor"),
            (
                vec![rt, cuda, cpu, cuda],
                "CUDA runs 2 nodes, Tensorrt runs 1 nodes; it left 1 (25.0 %) to the processor",
            ),
        ] {
            let read = Placement::read(&profile(&given)).map(|p| p.words());
            assert_eq!(read.as_deref(), Ok(want), "{given:?}");
        }
        for (bad, want) in
            [("[", "no JSON: "), ("{}", "no list of events"), ("[{\"cat\": 3}]", "no node in it")]
        {
            assert!(Placement::read(bad).is_err_and(|e| e.starts_with(want)), "{bad}");
        }
    }
}
