//! One item is added to a list of a YAML file, or taken out of it; every other byte stays: comments, order, line ends.
//!
//! The text is edited line by line and then read again: where that gives anything but the old document plus or minus the
//! one item, the edit is refused. So an unusual way of writing is at worst a mistake with a place, never a damaged file.
//! Does not rewrite values, and does not know what the items mean.

use super::node::{Key, Kind, Node, Place, Source, Style};
use super::{SourceError, parse};

/// Adds an item to the top-level list `list_key`: the key comes at the end where it is missing, and so does
/// `version: 1` where the file is empty. `block` is the item as YAML lines without indentation and without its dash.
///
/// # Errors
/// Where the file or the block is no YAML, where `list_key` is no list or one in brackets, and where the file is written
/// in a way that an item cannot be added to without touching the rest.
pub fn append(
    file: &str,
    text: &str,
    list_key: &str,
    block: &str,
) -> Result<String, Vec<SourceError>> {
    let item = parse(&Source::new(file, block))?;
    let edited = if is_blank(text) {
        into_blank(&Source::new(file, text), list_key, block, &item)
    } else {
        File::read(file, text)?.append(list_key, block, &item)
    };
    edited.map_err(|error| vec![error])
}

/// Takes the item at `index`, counted from 0, out of the top-level list `list_key`, with the comment lines directly
/// above it. A list that becomes empty stays, as `[]`.
///
/// # Errors
/// Where the file is no YAML, where there is no such item, and where the file is written in a way that the item cannot
/// be taken out of without touching the rest.
pub fn remove(
    file: &str,
    text: &str,
    list_key: &str,
    index: usize,
) -> Result<String, Vec<SourceError>> {
    let edited = File::read(file, text)?.remove(list_key, index);
    edited.map_err(|error| vec![error])
}

/// A text as a scalar that every reader of YAML reads back letter by letter, as text: plain where that is safe.
pub fn quote(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || " -_./@+".contains(c);
    let first = text.chars().next();
    let is_plain = first.is_some_and(|c| c.is_ascii_alphabetic())
        && text.chars().all(is_safe)
        && !text.ends_with(' ')
        && !MEANT_OTHERWISE.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    let escaped: String = text.chars().map(escaped).collect();
    format!("\"{escaped}\"")
}

/// Words that some reader of YAML takes for something else than text.
const MEANT_OTHERWISE: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

fn escaped(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        // What is no line of its own in every editor, or not printable in YAML.
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => unicode(c),
        c if c.is_control() => unicode(c),
        c => c.to_string(),
    }
}

fn unicode(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

/// Whether there is nothing in it but comments.
pub fn is_blank(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.lines()
        .all(|line| line.trim().is_empty() || is_comment(line))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The columns before the first character that is no space.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The line end that the text uses.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        Some(_) | None => "\n",
    }
}

/// The item as lines of a list: the dash in column `dash`, what follows in column `content`.
fn item_lines(block: &str, dash: usize, content: usize) -> Vec<String> {
    let gap = content - dash - 1;
    let lines = block.trim_end().lines().enumerate();
    let line = |(number, line): (usize, &str)| match (number, line.trim().is_empty()) {
        (0, _) => format!("{:dash$}-{:gap$}{line}", "", ""),
        (_, true) => String::new(),
        (_, false) => format!("{:content$}{line}", ""),
    };
    lines.map(line).collect()
}

/// The start of a file, behind the comments that it has.
fn into_blank(
    source: &Source,
    list_key: &str,
    block: &str,
    item: &Node,
) -> Result<String, SourceError> {
    let text = source.text();
    let mut lines = vec!["version: 1".to_owned(), format!("{list_key}:")];
    lines.extend(item_lines(block, 2, 4));
    let end = line_end(text);
    let before = match text.is_empty() || text.ends_with('\n') {
        true => text.to_owned(),
        false => format!("{text}{end}"),
    };
    let edited = before + &lines.join(end) + end;
    let version = Shape::Scalar("1".to_owned(), Style::Plain);
    let list = Shape::List(vec![Shape::of(item)]);
    let wanted = Shape::Map(vec![
        ("version".to_owned(), version),
        (list_key.to_owned(), list),
    ]);
    match parse(&Source::new("", &edited)) {
        Ok(read) if Shape::of(&read) == wanted => Ok(edited),
        Ok(_) | Err(_) => Err(source.error(Place::START, cannot("added"))),
    }
}

fn cannot(done: &str) -> String {
    format!("an item cannot be {done} without touching the rest of the file")
}

/// What a document says, without places and comments.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Scalar(String, Style),
    List(Vec<Shape>),
    Map(Vec<(String, Shape)>),
}

impl Shape {
    fn of(node: &Node) -> Shape {
        match &node.kind {
            Kind::Scalar(text, style) => Shape::Scalar(text.clone(), *style),
            Kind::List(items) => Shape::List(items.iter().map(Shape::of).collect()),
            Kind::Map(entries) => {
                let entry = |(key, node): &(Key, Node)| (key.text.clone(), Shape::of(node));
                Shape::Map(entries.iter().map(entry).collect())
            }
        }
    }
}

/// The list as it stands in the file.
struct List<'f> {
    key: &'f Key,
    node: &'f Node,
    items: &'f [Node],
    /// Its place among the keys of the file.
    entry: usize,
}

/// A file that has something in it.
struct File<'t> {
    source: Source,
    root: Node,
    /// Each with its line end.
    lines: Vec<&'t str>,
    end: &'static str,
}

impl<'t> File<'t> {
    fn read(file: &str, text: &'t str) -> Result<File<'t>, Vec<SourceError>> {
        let source = Source::new(file, text);
        let root = parse(&source)?;
        Ok(File {
            source,
            root,
            lines: text.split_inclusive('\n').collect(),
            end: line_end(text),
        })
    }

    fn entries(&self) -> Result<&[(Key, Node)], SourceError> {
        match &self.root.kind {
            Kind::Map(entries) => Ok(entries),
            Kind::Scalar(..) | Kind::List(_) => Err(self
                .source
                .error(self.root.place, "expected a map of fields".to_owned())),
        }
    }

    /// The list, empty where the key has no value; `None` where there is no such key.
    fn list(&self, list_key: &str) -> Result<Option<List<'_>>, SourceError> {
        let mut entries = self.entries()?.iter().enumerate();
        let Some((entry, (key, node))) = entries.find(|(_, (key, _))| key.text == list_key) else {
            return Ok(None);
        };
        let items = match &node.kind {
            Kind::List(items) => items.as_slice(),
            Kind::Scalar(..) if node.is_null() => &[],
            Kind::Scalar(..) | Kind::Map(_) => {
                let message = format!("\"{list_key}\" must be a list");
                return Err(self.source.error(node.place, message));
            }
        };
        Ok(Some(List {
            key,
            node,
            items,
            entry,
        }))
    }

    fn append(&self, list_key: &str, block: &str, item: &Node) -> Result<String, SourceError> {
        let Some(list) = self.list(list_key)? else {
            return self.append_key(list_key, block, item);
        };
        if list.items.is_empty() {
            return self.fill(&list, block, item);
        }
        let (dash, content) = self.columns(&list)?;
        let lines = item_lines(block, dash, content);
        let blank = self.is_spaced(&list, dash).then(String::new);
        let spaced: Vec<String> = blank.into_iter().chain(lines.iter().cloned()).collect();
        let wanted = self.with(&list, |items| items.push(Shape::of(item)));
        // Behind the last line of the last item; where blank lines belong to that item, behind those too.
        let last = self.last_line(self.below(&list), dash);
        let edits = [
            self.inserted(last, &spaced),
            self.inserted(last, &lines),
            self.inserted(self.below(&list), &lines),
        ];
        self.first_right(edits, &wanted)
            .ok_or_else(|| self.refused(list.key.place, "added"))
    }

    /// Where the key is missing: it comes last.
    fn append_key(&self, list_key: &str, block: &str, item: &Node) -> Result<String, SourceError> {
        let entries = self.entries()?;
        let first = entries.first().map(|(key, _)| key.place.line);
        let column = first.map_or(0, |line| indent(self.line(line - 1)));
        let mut lines = vec![format!("{:column$}{list_key}:", "")];
        lines.extend(item_lines(block, column + 2, column + 4));
        let Shape::Map(mut wanted) = Shape::of(&self.root) else {
            return Err(self.refused(self.root.place, "added"));
        };
        wanted.push((list_key.to_owned(), Shape::List(vec![Shape::of(item)])));
        let edit = self.inserted(self.document_end(), &lines);
        self.first_right([edit], &Shape::Map(wanted))
            .ok_or_else(|| self.refused(self.root.place, "added"))
    }

    /// Where the list is there and has nothing in it: `[]`, `null` or nothing goes.
    fn fill(&self, list: &List<'_>, block: &str, item: &Node) -> Result<String, SourceError> {
        let refused = || self.refused(list.key.place, "added");
        let at = list.key.place.line - 1;
        let line = self.line(at);
        let (head, rest) = self.after_colon(list.key).ok_or_else(refused)?;
        let value = rest.trim_start();
        let none = ["[]", "~", "null"].into_iter();
        let rest = none.filter_map(|none| value.strip_prefix(none)).next();
        let rest = rest.unwrap_or(&line[head.len()..]);
        let key_line = format!("{head}{}", rest.trim_end_matches(['\n', '\r']));
        let column = indent(line);
        let mut lines = vec![key_line];
        lines.extend(item_lines(block, column + 2, column + 4));
        let wanted = self.with(list, |items| items.push(Shape::of(item)));
        let edit = self.replaced(at, at + 1, &lines);
        self.first_right([edit], &wanted).ok_or_else(refused)
    }

    fn remove(&self, list_key: &str, index: usize) -> Result<String, SourceError> {
        let missing = || {
            let message = format!("\"{list_key}\" has no item {}", index + 1);
            self.source.error(self.root.place, message)
        };
        let list = self.list(list_key)?.ok_or_else(missing)?;
        let item = list.items.get(index).ok_or_else(missing)?;
        let refused = || self.refused(item.place, "taken out");
        let (dash, _) = self.columns(&list)?;
        let start = self.start(item, dash).ok_or_else(refused)?;
        let next = list.items.get(index + 1);
        let below = next.map_or(Some(self.below(&list)), |next| self.start(next, dash));
        let below = below.ok_or_else(refused)?;
        let end = self.last_line(below, dash);
        let wanted = self.with(&list, |items| drop(items.remove(index)));
        let key_line = match list.items.len() {
            1 => Some(self.emptied(&list).ok_or_else(refused)?),
            _ => None,
        };
        let cut = |from: usize, end: usize| {
            let lines = self.lines.iter().enumerate();
            let kept = lines.filter(|(at, _)| !(from..end).contains(at));
            let text = kept.map(|(at, line)| match &key_line {
                Some(emptied) if at == list.key.place.line - 1 => emptied.clone(),
                Some(_) | None => (*line).to_owned(),
            });
            self.ended(text.collect())
        };
        // Two blank lines would be left where the item stood between them, or one at the end.
        let is_blank = |at: usize| self.line(at).trim().is_empty();
        let doubled = start > 0 && is_blank(start - 1) && is_blank(end);
        let edits = [
            cut(start - usize::from(doubled), end),
            cut(start, end),
            cut(start, below),
        ];
        self.first_right(edits, &wanted).ok_or_else(refused)
    }

    /// The line of the key, with `[]` for the items that are gone.
    fn emptied(&self, list: &List<'_>) -> Option<String> {
        let (head, rest) = self.after_colon(list.key)?;
        Some(format!("{head} []{rest}"))
    }

    /// The line of a key, cut behind its colon.
    fn after_colon(&self, key: &Key) -> Option<(&str, &str)> {
        let line = self.line(key.place.line - 1);
        let behind_key = key.place.column - 1 + key.place.width;
        let (from, _) = line.char_indices().nth(behind_key)?;
        let colon = from + line[from..].find(':')? + 1;
        line.split_at_checked(colon)
    }

    /// What the document says once its list is changed so.
    fn with(&self, list: &List<'_>, change: impl FnOnce(&mut Vec<Shape>)) -> Shape {
        let mut wanted = Shape::of(&self.root);
        if let Shape::Map(entries) = &mut wanted {
            let mut items: Vec<Shape> = list.items.iter().map(Shape::of).collect();
            change(&mut items);
            entries[list.entry].1 = Shape::List(items);
        }
        wanted
    }

    /// The first of the texts that says what is wanted.
    fn first_right<const N: usize>(&self, edits: [String; N], wanted: &Shape) -> Option<String> {
        let is_right = |edited: &String| {
            let read = parse(&Source::new("", edited));
            read.is_ok_and(|root| Shape::of(&root) == *wanted)
        };
        edits.into_iter().find(is_right)
    }

    fn refused(&self, place: Place, done: &str) -> SourceError {
        let error = self.source.error(place, cannot(done));
        error.hinted(Some("edit it by hand".to_owned()))
    }

    fn line(&self, at: usize) -> &'t str {
        self.lines.get(at).copied().unwrap_or_default()
    }

    /// The columns of the dash, and of what follows it.
    fn columns(&self, list: &List<'_>) -> Result<(usize, usize), SourceError> {
        let first = (list.key.place.line..self.lines.len())
            .map(|at| self.line(at))
            .find(|line| !line.trim().is_empty() && !is_comment(line));
        let first = first.map(|line| line.split_at(indent(line)));
        let Some((spaces, behind)) =
            first.and_then(|(spaces, line)| Some((spaces, line.strip_prefix('-')?)))
        else {
            let message = "a list in brackets, which cannot be edited".to_owned();
            let error = self.source.error(list.node.place, message);
            return Err(error.hinted(Some(
                "write each item on lines of its own, behind a dash".to_owned(),
            )));
        };
        let dash = spaces.len();
        let gap = indent(behind).max(1);
        let is_alone = behind.trim().is_empty() || is_comment(behind);
        Ok((dash, dash + 1 + if is_alone { 1 } else { gap }))
    }

    /// The first line of an item: its dash, and the comments directly above that.
    fn start(&self, item: &Node, dash: usize) -> Option<usize> {
        let is_dash = |at: &usize| {
            let line = self.line(*at);
            indent(line) == dash && line.trim_start().starts_with('-')
        };
        let mut start = (0..item.place.line).rev().find(is_dash)?;
        while start > 0 && self.is_outer_comment(start - 1, dash) {
            start -= 1;
        }
        Some(start)
    }

    /// A comment that stands no deeper than the dashes: one that does belongs to the item above.
    fn is_outer_comment(&self, at: usize, dash: usize) -> bool {
        let line = self.line(at);
        is_comment(line) && indent(line) <= dash
    }

    /// Whether the items are set apart by blank lines.
    fn is_spaced(&self, list: &List<'_>, dash: usize) -> bool {
        let last = list.items.get(1..).unwrap_or_default().last();
        let start = last.and_then(|item| self.start(item, dash));
        start.is_some_and(|start| start > 0 && self.line(start - 1).trim().is_empty())
    }

    /// The line behind the last one of the item that ends above `below`: blank lines and comments between are nobody's.
    fn last_line(&self, below: usize, dash: usize) -> usize {
        let is_between =
            |at: usize| self.line(at).trim().is_empty() || self.is_outer_comment(at, dash);
        let mut end = below;
        while end > 0 && is_between(end - 1) {
            end -= 1;
        }
        end
    }

    /// The line of the next key, or where the document ends.
    fn below(&self, list: &List<'_>) -> usize {
        let next = self.entries().ok().and_then(|all| all.get(list.entry + 1));
        next.map_or_else(|| self.document_end(), |(key, _)| key.place.line - 1)
    }

    /// Where a document ends that nothing follows: at `...`, or with the file.
    fn document_end(&self) -> usize {
        let dots = self.lines.iter().rposition(|line| line.starts_with("..."));
        dots.unwrap_or(self.lines.len())
    }

    fn inserted(&self, at: usize, lines: &[String]) -> String {
        self.replaced(at, at, lines)
    }

    /// The text with other lines in the place of some of its own.
    fn replaced(&self, from: usize, to: usize, lines: &[String]) -> String {
        let line = |line: &&'t str| (*line).to_owned();
        let before = self.lines.iter().take(from).map(line);
        let new = lines.iter().map(|line| format!("{line}{}", self.end));
        let after = self.lines.iter().skip(to).map(line);
        self.ended(before.chain(new).chain(after).collect())
    }

    /// The lines as one text: each ends, and the last one does where it did before.
    fn ended(&self, lines: Vec<String>) -> String {
        let ended = |line: String| match line.ends_with('\n') {
            true => line,
            false => line + self.end,
        };
        let text: String = lines.into_iter().map(ended).collect();
        match self.source.text().ends_with('\n') {
            true => text,
            false => text.strip_suffix(self.end).unwrap_or(&text).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
