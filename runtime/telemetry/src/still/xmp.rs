//! XMP data: values by name, written as attributes or as elements.

/// The text of a packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Xmp<'a>(pub(crate) &'a str);

impl<'a> Xmp<'a> {
    /// The value with this name, prefix included.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.0.match_indices(name).find_map(|(at, _)| {
            let before = self.0[..at].chars().next_back()?;
            let after = &self.0[at + name.len()..];
            let value = if before == '<' {
                after.trim_start().strip_prefix('>')?.split_once("</")?.0
            } else if before.is_whitespace() {
                let value = after.trim_start().strip_prefix('=')?.trim_start();
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                value[1..].split_once(quote)?.0
            } else {
                return None;
            };
            Some(value.trim()).filter(|value| !value.is_empty())
        })
    }

    /// A number with this name: with a sign or without, or as a fraction.
    pub(crate) fn number(self, name: &str) -> Option<f64> {
        let text = self.text(name)?;
        let value = match text.split_once('/') {
            Some((above, below)) => above.parse::<f64>().ok()? / below.parse::<f64>().ok()?,
            None => text.parse().ok()?,
        };
        value.is_finite().then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_and_elements_are_found_by_their_whole_name() {
        let xmp = Xmp(
            "<rdf:Description d:XYaw=\"9\" d:Yaw = \"+12.50\"\n d:Pitch='-90' d:No=\"\">\
                       <d:Roll> 1.5 </d:Roll><d:Alt>123/10</d:Alt><d:Bad>1/0</d:Bad></rdf:Description>",
        );
        for (name, want) in [
            ("d:Yaw", Some(12.5)),
            ("d:Pitch", Some(-90.0)),
            ("d:Roll", Some(1.5)),
            ("d:Alt", Some(12.3)),
            ("d:Bad", None),
            ("d:No", None),
            ("Yaw", None),
            ("d:Ya", None),
        ] {
            assert_eq!(xmp.number(name), want, "{name}");
        }
    }
}
