//! XML, element by element: whatever words it is given, what is written is well formed.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document that is being written.
pub struct Xml {
    writer: Writer<Vec<u8>>,
}

impl std::fmt::Debug for Xml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xml").finish_non_exhaustive()
    }
}

impl Xml {
    /// A document without an element yet.
    ///
    /// # Errors
    /// Never, as far as we know: writing to memory does not fail.
    pub fn new() -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { writer })
    }

    /// An element with `attributes`, and in it what `inside` writes.
    ///
    /// # Errors
    /// What `inside` says.
    pub fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let clean: Vec<String> = attributes.iter().map(|(_, value)| sound(value)).collect();
        let attributes = attributes.iter().zip(&clean).map(|((key, _), value)| (*key, &**value));
        let start = BytesStart::new(name).with_attributes(attributes);
        self.writer.write_event(Event::Start(start))?;
        inside(self)?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element that holds `text`.
    ///
    /// # Errors
    /// As [`Xml::new`].
    pub fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.element(name, &[], |xml| {
            xml.writer.write_event(Event::Text(BytesText::new(&sound(text))))
        })
    }

    /// The whole document.
    ///
    /// # Errors
    /// As [`Xml::new`].
    pub fn end(self) -> io::Result<String> {
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}

/// `text` with a mark in place of each character that no document of XML 1.0 may hold, escaped or not.
fn sound(text: &str) -> String {
    let may_be = |c: char| match c {
        '\t' | '\n' => true,
        // Readers make a line's end of it.
        '\r' => false,
        _ => c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}',
    };
    text.chars().map(|c| if may_be(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
