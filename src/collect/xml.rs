//! An XML answer as a tree of elements with text. Knows nothing of what the elements mean, and ignores attributes.

use xmlparser::{ElementEnd, StrSpan, Token, Tokenizer};

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name, without a prefix.
    pub(super) name: String,
    /// Its text; empty where it has elements instead.
    pub(super) text: String,
    /// The elements in it.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The first element of a name in it.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of a name in it.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// Reads a document; `None` for one that is cut off or no XML.
pub(super) fn parse(document: &str) -> Option<Element> {
    // The innermost element is the last; the first only holds the root.
    let mut open = vec![Element::default()];
    for token in Tokenizer::from(document) {
        match token.ok()? {
            Token::ElementStart { local, .. } => open.push(Element {
                name: local.as_str().to_owned(),
                ..Element::default()
            }),
            Token::ElementEnd { end, .. } => match end {
                ElementEnd::Open => {}
                ElementEnd::Empty => close(&mut open, None)?,
                ElementEnd::Close(_, local) => close(&mut open, Some(local))?,
            },
            Token::Text { text } => open.last_mut()?.text += &unescape(text.as_str())?,
            Token::Cdata { text, .. } => open.last_mut()?.text += text.as_str(),
            Token::Declaration { .. }
            | Token::ProcessingInstruction { .. }
            | Token::Comment { .. }
            | Token::Attribute { .. }
            | Token::DtdStart { .. }
            | Token::EmptyDtd { .. }
            | Token::EntityDeclaration { .. }
            | Token::DtdEnd { .. } => {}
        }
    }
    match open.as_mut_slice() {
        [holder] if holder.children.len() == 1 => holder.children.pop(),
        _ => None,
    }
}

fn close(open: &mut Vec<Element>, name: Option<StrSpan<'_>>) -> Option<()> {
    let mut element = open.pop()?;
    if name.is_some_and(|name| name.as_str() != element.name) {
        return None;
    }
    if !element.children.is_empty() {
        element.text.clear();
    }
    open.last_mut()?.children.push(element);
    Some(())
}

/// Text with its entities resolved; `None` for one that XML does not define.
fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';')?;
        plain.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            other => numbered(other.strip_prefix('#')?)?,
        });
        plain += rest;
    }
    Some(plain)
}

fn numbered(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => digits.parse(),
    };
    char::from_u32(number.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_becomes_a_tree() {
        let document =
            "<?xml version=\"1.0\"?>\n<a xmlns=\"u\">\n <b>1 &lt; 2 &#x26; 3</b><b/>\n</a>";
        let root = parse(document).expect("a tree");
        assert_eq!((root.name.as_str(), root.children.len()), ("a", 2));
        assert_eq!(root.text_of("b"), Some("1 < 2 & 3"));
        assert_eq!(root.text, "");
        assert_eq!(root.text_of("c"), None);
    }

    #[test]
    fn what_is_cut_off_or_no_xml_is_no_tree() {
        for document in ["", "<a><b>", "<a></b>", "{}", "<a>&nbsp;</a>", "<a/><b/>"] {
            assert_eq!(parse(document), None, "{document}");
        }
    }
}
