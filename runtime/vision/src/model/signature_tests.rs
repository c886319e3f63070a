//! Signatures: the graphs inside this program, graphs that differ from their card, damaged bytes.

use super::*;
use crate::model::{Folder, ModelError};

#[test]
fn the_built_in_graph_is_what_its_card_says() -> Result<(), ModelError> {
    let folder = Folder::builtin()?;
    let signature =
        Signature::read(folder.window("float32")?).expect("the built-in graph is readable");
    assert_eq!(signature.fault(&folder.card), None);
    assert_eq!(signature.opset, folder.card.opset);
    Ok(())
}

#[test]
fn a_graph_that_differs_from_its_card_is_told_apart() -> Result<(), ModelError> {
    struct Case {
        change: fn(&mut Signature, &mut Card),
        want: &'static str,
    }
    let folder = Folder::builtin()?;
    let signature =
        Signature::read(folder.window("float32")?).expect("the built-in graph is readable");
    for Case { change, want } in [
        Case { change: |_, c| c.input.frames = 9, want: "input frames is [1,10,1,*,*]" },
        Case { change: |_, c| c.output.leads = 10, want: "output forecast is [1,20,1,*,*]" },
        Case { change: |_, c| c.opset = 18, want: "opset 17, the card says 18" },
        Case { change: |s, _| s.inputs[1].name.clear(), want: "input front is missing" },
        Case { change: |s, _| s.inputs[0].element = 10, want: "frames must be float32" },
        Case {
            change: |s, _| s.inputs[0].axes[3] = Axis::Fixed(64),
            want: "input frames is [1,10,1,64,*]",
        },
        Case { change: |_, c| c.codebook.clear(), want: "codes_global has no codebook" },
        Case { change: |s, _| s.nodes.push("Loop".to_owned()), want: "Loop" },
    ] {
        let (mut s, mut c) = (signature.clone(), folder.card.clone());
        change(&mut s, &mut c);
        let said = s.fault(&c).unwrap_or_default();
        assert!(said.contains(want), "{want}: {said}");
    }
    Ok(())
}

#[test]
fn a_graph_of_another_task_is_told_apart() -> Result<(), ModelError> {
    struct Case {
        task: Task,
        change: fn(&mut Signature),
        want: Option<&'static str>,
    }
    let folder = Folder::builtin()?;
    let fire = Signature::read(folder.window("float32")?).expect("the built-in graph is readable");
    let mut plain = fire.clone();
    plain.inputs.retain(|s| s.name == "frames");
    plain.outputs.retain(|s| s.name != "burn_probability");
    for Case { task, change, want } in [
        Case { task: Task::Frames, change: |_| {}, want: None },
        Case { task: Task::Rain, change: |_| {}, want: None },
        Case { task: Task::FireFront, change: |_| {}, want: Some("input front is missing") },
        Case {
            task: Task::Frames,
            change: |s| s.inputs.push(Slot { name: "front".into(), ..Slot::default() }),
            want: Some("the graph has front, the card's task frames has none"),
        },
        Case {
            task: Task::Rain,
            change: |s| {
                s.outputs.push(Slot { name: "burn_probability".into(), ..Slot::default() });
            },
            want: Some("the graph has burn_probability, the card's task rain has none"),
        },
        Case {
            task: Task::Rain,
            change: |s| s.outputs.retain(|s| s.name != "codes_local"),
            want: Some("output codes_local is missing"),
        },
    ] {
        let (mut signature, mut card) = (plain.clone(), folder.card.clone());
        change(&mut signature);
        card.task = task;
        let said = signature.fault(&card);
        assert_eq!(said.is_some(), want.is_some(), "{task}: {said:?}");
        assert!(said.unwrap_or_default().contains(want.unwrap_or_default()), "{task} {want:?}");
    }
    Ok(())
}

#[test]
fn damaged_bytes_give_none_and_never_a_panic() -> Result<(), ModelError> {
    let folder = Folder::builtin()?;
    let onnx = folder.window("float32")?;
    for n in (0..onnx.len()).step_by(9973) {
        let _ = Signature::read(&onnx[..n]);
    }
    let mut bytes = onnx[..4096.min(onnx.len())].to_vec();
    for k in 0..bytes.len() {
        bytes[k] ^= 0xff;
        let _ = Signature::read(&bytes);
        bytes[k] ^= 0xff;
    }
    assert_eq!(Signature::read(b"not a graph at all"), None);
    Ok(())
}
