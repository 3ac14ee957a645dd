//! The expressions that the store uses: conditions, key conditions and updates.

use super::Fault;
use super::item::{Attribute, Item};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The names and values in expressions. Each must be used.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, Attribute>,
}

impl Names {
    /// The names and values of a request with these expressions.
    pub(crate) fn of(request: &Value, expressions: &[&str]) -> Result<Self, Fault> {
        let mut known = Self::default();
        if let Some(names) = request["ExpressionAttributeNames"].as_object() {
            for (name, attribute) in names {
                known.names.insert(name.clone(), attribute.as_str().unwrap_or_default().to_owned());
            }
        }
        if let Some(values) = request["ExpressionAttributeValues"].as_object() {
            for (name, value) in values {
                known.values.insert(name.clone(), Attribute::parse(value)?);
            }
        }
        let words: Vec<String> = expressions.iter().flat_map(|text| tokens(text)).collect();
        for name in known.names.keys().chain(known.values.keys()) {
            if !words.contains(name) {
                return Err(Fault::validation(format!("{name} is used in no expression")));
            }
        }
        Ok(known)
    }
}

/// Splits text into words and operators of one or two characters.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_ascii_alphanumeric() || matches!(character, '_' | '#' | ':') {
            word.push(character);
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        match (character, characters.peek()) {
            (' ', _) => {}
            ('<', Some('=' | '>')) | ('>', Some('=')) => {
                tokens.push([Some(character), characters.next()].into_iter().flatten().collect());
            }
            _ => tokens.push(character.to_string()),
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// Parses one expression, and evaluates it over an item at the same time.
pub(crate) struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    known: &'a Names,
    item: &'a Item,
}

impl<'a> Reader<'a> {
    fn new(text: &str, known: &'a Names, item: &'a Item) -> Self {
        Self { tokens: tokens(text), at: 0, known, item }
    }

    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> String {
        let token = self.peek().to_owned();
        self.at += 1;
        token
    }

    fn take(&mut self, token: &str) -> bool {
        let is_next = self.peek() == token;
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), Fault> {
        if self.take(token) { Ok(()) } else { Err(self.not_understood(token)) }
    }

    fn not_understood(&self, wanted: &str) -> Fault {
        Fault::validation(format!("{wanted} was expected before {:?} in {:?}", self.peek(), self.tokens))
    }

    fn end(&self) -> Result<(), Fault> {
        if self.at >= self.tokens.len() { Ok(()) } else { Err(self.not_understood("the end")) }
    }

    /// Parses the name of an attribute.
    fn path(&mut self) -> Result<String, Fault> {
        let token = self.next();
        if token.starts_with('#') {
            let name = self.known.names.get(&token).cloned();
            return name.ok_or_else(|| Fault::validation(format!("{token} is not defined")));
        }
        let is_name = token.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
        if is_name { Ok(token) } else { Err(self.not_understood("an attribute")) }
    }

    /// Evaluates an operand. Returns `None` if the attribute is absent.
    fn operand(&mut self) -> Result<Option<Attribute>, Fault> {
        if self.peek().starts_with(':') {
            let token = self.next();
            let value = self.known.values.get(&token).cloned();
            return value.map(Some).ok_or_else(|| Fault::validation(format!("{token} is not defined")));
        }
        if self.take("if_not_exists") {
            self.expect("(")?;
            let path = self.path()?;
            self.expect(",")?;
            let otherwise = self.operand()?;
            self.expect(")")?;
            return Ok(self.item.get(&path).cloned().or(otherwise));
        }
        if self.take("list_append") {
            let (first, second) = self.two_operands()?;
            return appended(first, second).map(Some);
        }
        let path = self.path()?;
        Ok(self.item.get(&path).cloned())
    }

    /// Parses the two operands of a function.
    fn two_operands(&mut self) -> Result<(Option<Attribute>, Option<Attribute>), Fault> {
        self.expect("(")?;
        let first = self.operand()?;
        self.expect(",")?;
        let second = self.operand()?;
        self.expect(")")?;
        Ok((first, second))
    }

    fn any_of(&mut self) -> Result<bool, Fault> {
        let mut holds = self.all_of()?;
        while self.take("OR") {
            holds |= self.all_of()?;
        }
        Ok(holds)
    }

    fn all_of(&mut self) -> Result<bool, Fault> {
        let mut holds = self.one()?;
        while self.take("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, Fault> {
        if self.take("(") {
            let holds = self.any_of()?;
            self.expect(")")?;
            return Ok(holds);
        }
        for (function, wanted) in [("attribute_exists", true), ("attribute_not_exists", false)] {
            if self.take(function) {
                self.expect("(")?;
                let path = self.path()?;
                self.expect(")")?;
                return Ok(self.item.contains_key(&path) == wanted);
            }
        }
        if self.take("begins_with") {
            let (of, prefix) = self.two_operands()?;
            let texts = of.as_ref().and_then(Attribute::text).zip(prefix.as_ref().and_then(Attribute::text));
            return Ok(texts.is_some_and(|(of, prefix)| of.starts_with(prefix)));
        }
        let left = self.operand()?;
        if self.take("BETWEEN") {
            let first = self.operand()?;
            self.expect("AND")?;
            let last = self.operand()?;
            let above =
                matches!(compare(left.as_ref(), first.as_ref()), Some(Ordering::Greater | Ordering::Equal));
            let below =
                matches!(compare(left.as_ref(), last.as_ref()), Some(Ordering::Less | Ordering::Equal));
            return Ok(above && below);
        }
        let sign = self.next();
        let right = self.operand()?;
        let order = compare(left.as_ref(), right.as_ref());
        match sign.as_str() {
            "=" => Ok(left.is_some() && left == right),
            "<>" => Ok(left != right),
            "<" => Ok(order == Some(Ordering::Less)),
            "<=" => Ok(matches!(order, Some(Ordering::Less | Ordering::Equal))),
            ">" => Ok(order == Some(Ordering::Greater)),
            ">=" => Ok(matches!(order, Some(Ordering::Greater | Ordering::Equal))),
            _ => Err(self.not_understood("a comparison")),
        }
    }

    /// Evaluates `SET … REMOVE … ADD …` and returns the updated item. Right-hand sides refer to the old item.
    fn changes(&mut self) -> Result<Item, Fault> {
        let mut after = self.item.clone();
        while self.at < self.tokens.len() {
            let clause = self.next();
            loop {
                let path = self.path()?;
                match clause.as_str() {
                    "SET" => {
                        self.expect("=")?;
                        let value = self.sum()?;
                        after.insert(path, value);
                    }
                    "REMOVE" => drop(after.remove(&path)),
                    "ADD" => {
                        let old = self.item.get(&path).cloned();
                        let added = self.operand()?;
                        after.insert(path, added_to(old, added)?);
                    }
                    _ => return Err(self.not_understood("SET, REMOVE or ADD")),
                }
                if !self.take(",") {
                    break;
                }
            }
        }
        Ok(after)
    }

    fn sum(&mut self) -> Result<Attribute, Fault> {
        let left = self.operand()?;
        for sign in ["+", "-"] {
            if self.take(sign) {
                let right = self.operand()?;
                return combined(left, right, sign);
            }
        }
        left.ok_or_else(|| Fault::validation("an attribute in an update is not there"))
    }
}

/// The result of `ADD`: a sum, or the union of two sets.
fn added_to(old: Option<Attribute>, added: Option<Attribute>) -> Result<Attribute, Fault> {
    match (old, added) {
        (Some(Attribute::BytesSet(mut set)), Some(Attribute::BytesSet(more))) => {
            set.extend(more);
            Ok(Attribute::BytesSet(set))
        }
        (None, Some(set @ Attribute::BytesSet(_))) => Ok(set),
        (old, added) => combined(Some(old.unwrap_or(Attribute::Number(0.into()))), added, "+"),
    }
}

fn combined(left: Option<Attribute>, right: Option<Attribute>, sign: &str) -> Result<Attribute, Fault> {
    match (left, right) {
        (Some(Attribute::Number(left)), Some(Attribute::Number(right))) => {
            let sum = if sign == "+" { left.checked_add(right) } else { left.checked_sub(right) };
            sum.map(|sum| Attribute::Number(sum.normalize()))
                .ok_or_else(|| Fault::validation("a number has more digits than fit"))
        }
        _ => Err(Fault::validation("an operand of an update is not a number")),
    }
}

fn appended(first: Option<Attribute>, second: Option<Attribute>) -> Result<Attribute, Fault> {
    match (first, second) {
        (Some(Attribute::List(mut list)), Some(Attribute::List(more))) => {
            list.extend(more);
            Ok(Attribute::List(list))
        }
        _ => Err(Fault::validation("an operand of list_append is not a list")),
    }
}

fn compare(left: Option<&Attribute>, right: Option<&Attribute>) -> Option<Ordering> {
    match (left?, right?) {
        (Attribute::Text(left), Attribute::Text(right)) => Some(left.cmp(right)),
        (Attribute::Number(left), Attribute::Number(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Returns whether a condition holds. An empty item stands for an absent one.
pub(crate) fn holds(text: &str, known: &Names, item: &Item) -> Result<bool, Fault> {
    let mut reader = Reader::new(text, known, item);
    let holds = reader.any_of()?;
    reader.end().map(|()| holds)
}

/// Applies an update to an item.
pub(crate) fn updated(text: &str, known: &Names, item: &Item) -> Result<Item, Fault> {
    Reader::new(text, known, item).changes()
}

/// The value to which a key condition sets this attribute equal.
pub(crate) fn partition(text: &str, attribute: &str, known: &Names) -> Result<String, Fault> {
    let tokens = tokens(text);
    let value = match tokens.as_slice() {
        [name, sign, value, ..] if name == attribute && sign == "=" => known.values.get(value),
        _ => None,
    };
    let text = value.and_then(Attribute::text).map(str::to_owned);
    text.ok_or_else(|| Fault::validation("a key condition names its partition first"))
}
