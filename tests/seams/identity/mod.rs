//! A toy family: a network that repeats the last frame and adds a little of one number of noise.

use std::sync::Arc;

use emberline::engine::{Engine, Graph, Net, Outputs, RunError, ShapeRange};
use emberline::model::window::{Noise, Window, WindowInput, WindowOutput, Windowed};
use emberline::model::{Card, Family, Folder, ModelError, Network};
use ndarray::{Array, Axis};

/// The family; one line in a registry.
pub(crate) struct Identity;

impl Family for Identity {
    fn name(&self) -> &'static str {
        "identity"
    }

    fn check_card(&self, card: &Card) -> Result<(), String> {
        let brightens = card.own.get("brightens").and_then(|v| v.as_float());
        brightens.map(|_| ()).ok_or_else(|| "identity.brightens: a number".to_owned())
    }

    fn describe(&self, _: &Card) -> Vec<String> {
        vec!["a toy".to_owned()]
    }

    fn check_folder(&self, folder: &Folder) -> Result<(), ModelError> {
        match folder.signature("model.onnx")?.fault(folder.card.opset.unwrap_or_default()) {
            None => Ok(()),
            Some(what) => Err(folder.unfit("model.onnx", &what)),
        }
    }

    fn input_shapes(&self, _: &Card) -> ShapeRange {
        ShapeRange::default()
    }

    fn load(
        &self,
        folder: &Folder,
        precision: &str,
        engine: &Arc<dyn Engine>,
    ) -> Result<Box<dyn Network>, ModelError> {
        let onnx = folder.window(precision)?;
        let net = engine.load(&Graph { onnx, outputs: &["forecast"] })?;
        Ok(Box::new(Windowed::new(Repeats(net), folder.card.clone(), Arc::clone(engine))))
    }
}

/// Its window.
struct Repeats(Box<dyn Net>);

impl Window for Repeats {
    fn takes_noise(&self) -> bool {
        true
    }

    fn run(&self, input: &WindowInput<'_>, _lanes: usize) -> Result<WindowOutput, RunError> {
        let (_, h, w) = input.frames.dim();
        let frames = input.frames.insert_axis(Axis(0)).insert_axis(Axis(2));
        let frames = frames.as_standard_layout();
        let Noise { seed, member, .. } = input.noise;
        let noise = Array::from_elem((1, 1, 1, h, w), seed as f32 * member as f32);
        let given = [("frames", frames.view().into_dyn()), ("noise", noise.view().into_dyn())];
        let frames = Outputs::of(self.0.run(&given)?).maps()?;
        Ok(WindowOutput { frames, burn_probability: None, codes: Vec::new() })
    }
}
