//! A tree of JSON's nodes makes text, or a `serde_json::Value`.

use serde_json::{Number, Value};

use super::super::node::{Node, down};
use super::JsonStyle;

/// JSON text.
pub(super) fn text(node: &Node, style: JsonStyle) -> String {
    let mut printer = Printer { out: String::new(), style, level: 0 };
    printer.node(node);
    printer.out
}

struct Printer {
    out: String,
    style: JsonStyle,
    level: usize,
}

impl Printer {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Record(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                if self.style.sort_keys {
                    fields.sort_by(|a, b| a.0.cmp(&b.0));
                }
                self.parts(['{', '}'], fields.iter(), |printer, (key, value)| {
                    printer.string(key);
                    printer.out.push_str(if printer.style.indent > 0 { ": " } else { ":" });
                    printer.node(value);
                });
            }
            Node::List(items) => self.parts(['[', ']'], items.iter(), Printer::node),
            Node::Text(text) => self.string(text),
            other => self.out.push_str(&scalar(other).to_string()),
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push_str(&Value::from(text).to_string());
    }

    fn parts<T>(
        &mut self,
        brackets: [char; 2],
        items: impl ExactSizeIterator<Item = T>,
        mut part: impl FnMut(&mut Printer, T),
    ) {
        self.out.push(brackets[0]);
        let any = items.len() > 0;
        self.level += 1;
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.line();
            down(|| part(self, item));
        }
        self.level -= 1;
        if any {
            self.line();
        }
        self.out.push(brackets[1]);
    }

    fn line(&mut self) {
        if self.style.indent > 0 {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', self.level * self.style.indent));
        }
    }
}

/// A JSON value.
pub(super) fn value(node: Node) -> Value {
    match node {
        Node::Record(fields) => {
            Value::Object(fields.into_iter().map(|(key, node)| (key, down(|| value(node)))).collect())
        }
        Node::List(items) => Value::Array(items.into_iter().map(|item| down(|| value(item))).collect()),
        Node::Text(text) => Value::String(text),
        other => scalar(&other),
    }
}

fn scalar(node: &Node) -> Value {
    match node {
        Node::Bool(value) => Value::Bool(*value),
        Node::U64(value) => Value::from(*value),
        Node::I64(value) => Value::from(*value),
        Node::F64(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        _ => Value::Null,
    }
}
