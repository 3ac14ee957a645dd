//! The expressions that the store uses: conditions, key conditions, updates and projections.

use crate::Fault;
use crate::call::CallItem;
use crate::item::{Attribute, Item};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The words and operators of an expression.
#[derive(Debug)]
pub(crate) struct Expression<'a>(Vec<&'a str>);

/// The names and values in expressions. Each must be used.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    names: Option<&'a HashMap<String, String>>,
    values: BTreeMap<&'a str, Attribute>,
}

impl<'a> Names<'a> {
    /// The names and values of a request with these expressions.
    pub(crate) fn of(
        names: Option<&'a HashMap<String, String>>,
        values: Option<&'a CallItem>,
        expressions: &[&Expression<'_>],
    ) -> Result<Self, Fault> {
        let is_used = |name: &str| expressions.iter().any(|expression| expression.0.contains(&name));
        let all = names.into_iter().flatten().map(|(name, _)| name);
        let all = all.chain(values.into_iter().flatten().map(|(name, _)| name));
        if let Some(unused) = all.filter(|name| !is_used(name)).min() {
            return Err(Fault::validation(format!("{unused} is used in no expression")));
        }
        let values = values.into_iter().flatten();
        let values = values.map(|(name, value)| Attribute::of(value).map(|value| (name.as_str(), value)));
        let values = values.collect::<Result<_, _>>()?;
        Ok(Self { names, values })
    }

    /// The text that a word stands for.
    pub(crate) fn text(&self, word: &str) -> Result<&str, Fault> {
        let text = self.values.get(word).and_then(Attribute::text);
        text.ok_or_else(|| Fault::validation(format!("{word} is no text")))
    }

    /// The name of the attribute that a word stands for.
    fn attribute<'b>(&'b self, word: &'b str) -> Result<&'b str, Fault> {
        if word.starts_with('#') {
            let name = self.names.and_then(|names| names.get(word)).map(String::as_str);
            return name.ok_or_else(|| Fault::validation(format!("{word} is not defined")));
        }
        if word.starts_with(|first: char| first.is_ascii_alphabetic()) {
            Ok(word)
        } else {
            Err(Fault::validation(format!("{word} is no attribute")))
        }
    }
}

impl<'a> Expression<'a> {
    /// Splits a text into words and operators of one or two characters.
    pub(crate) fn of(text: &'a str) -> Self {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'#' | b':');
        let (mut tokens, mut at) = (Vec::new(), 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let length = match rest.as_bytes() {
                [first, ..] if is_word(first) => rest.bytes().take_while(|byte| is_word(byte)).count(),
                [b'<', b'=' | b'>', ..] | [b'>', b'=', ..] => 2,
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            tokens.extend(rest.get(..length).filter(|token| *token != " "));
            at += length;
        }
        Self(tokens)
    }

    /// Returns whether the condition holds. An empty item stands for an absent one.
    pub(crate) fn holds(&self, known: &Names<'_>, item: &Item) -> Result<bool, Fault> {
        let mut reader = Reader { tokens: &self.0, at: 0, known, item };
        let holds = reader.any_of()?;
        reader.end().map(|()| holds)
    }

    /// Applies the update to an item. Also returns the names of the attributes that it sets.
    pub(crate) fn updated(&self, known: &Names<'_>, item: &Item) -> Result<(Item, BTreeSet<String>), Fault> {
        Reader { tokens: &self.0, at: 0, known, item }.changes()
    }

    pub(crate) fn tokens(&self) -> &[&'a str] {
        &self.0
    }

    /// The attributes that the projection names.
    pub(crate) fn attributes(&self, known: &Names<'_>) -> Result<BTreeSet<String>, Fault> {
        let words = self.0.iter().filter(|word| **word != ",");
        words.map(|word| known.attribute(word).map(str::to_owned)).collect()
    }
}

/// Parses one expression, and evaluates it over an item at the same time.
struct Reader<'a> {
    tokens: &'a [&'a str],
    at: usize,
    known: &'a Names<'a>,
    item: &'a Item,
}

/// The value of an operand; `None` if the attribute is absent.
type Operand<'a> = Option<Cow<'a, Attribute>>;

impl<'a> Reader<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> &'a str {
        let token = self.peek();
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
    fn path(&mut self) -> Result<&'a str, Fault> {
        let token = self.next();
        self.known.attribute(token)
    }

    fn operand(&mut self) -> Result<Operand<'a>, Fault> {
        if self.peek().starts_with(':') {
            let token = self.next();
            let value = self.known.values.get(token).map(Cow::Borrowed);
            return value.map(Some).ok_or_else(|| Fault::validation(format!("{token} is not defined")));
        }
        if self.take("if_not_exists") {
            self.expect("(")?;
            let path = self.path()?;
            self.expect(",")?;
            let otherwise = self.operand()?;
            self.expect(")")?;
            return Ok(self.item.get(path).map(Cow::Borrowed).or(otherwise));
        }
        if self.take("list_append") {
            let (first, second) = self.two_operands()?;
            return appended(first, second).map(|list| Some(Cow::Owned(list)));
        }
        let path = self.path()?;
        Ok(self.item.get(path).map(Cow::Borrowed))
    }

    /// Parses the two operands of a function.
    fn two_operands(&mut self) -> Result<(Operand<'a>, Operand<'a>), Fault> {
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
                return Ok(self.item.contains_key(path) == wanted);
            }
        }
        if self.take("begins_with") {
            let (of, prefix) = self.two_operands()?;
            let texts = of.as_deref().and_then(Attribute::text);
            let texts = texts.zip(prefix.as_deref().and_then(Attribute::text));
            return Ok(texts.is_some_and(|(of, prefix)| of.starts_with(prefix)));
        }
        let left = self.operand()?;
        if self.take("BETWEEN") {
            return self.between(left.as_deref());
        }
        if self.take("IN") {
            return self.among(left.as_deref());
        }
        let sign = self.next();
        let right = self.operand()?;
        let order = compare(left.as_deref(), right.as_deref());
        match sign {
            "=" => Ok(left.is_some() && left == right),
            "<>" => Ok(left != right),
            "<" => Ok(order == Some(Ordering::Less)),
            "<=" => Ok(matches!(order, Some(Ordering::Less | Ordering::Equal))),
            ">" => Ok(order == Some(Ordering::Greater)),
            ">=" => Ok(matches!(order, Some(Ordering::Greater | Ordering::Equal))),
            _ => Err(self.not_understood("a comparison")),
        }
    }

    fn between(&mut self, value: Option<&Attribute>) -> Result<bool, Fault> {
        let first = self.operand()?;
        self.expect("AND")?;
        let last = self.operand()?;
        let above = matches!(compare(value, first.as_deref()), Some(Ordering::Greater | Ordering::Equal));
        let below = matches!(compare(value, last.as_deref()), Some(Ordering::Less | Ordering::Equal));
        Ok(above && below)
    }

    fn among(&mut self, value: Option<&Attribute>) -> Result<bool, Fault> {
        self.expect("(")?;
        let mut is_among = false;
        loop {
            let member = self.operand()?;
            is_among |= value.is_some() && value == member.as_deref();
            if !self.take(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(is_among)
    }

    /// Evaluates `SET … REMOVE … ADD …` and returns the updated item. Right-hand sides refer to the old item.
    fn changes(&mut self) -> Result<(Item, BTreeSet<String>), Fault> {
        let (mut after, mut set) = (self.item.clone(), BTreeSet::new());
        while self.at < self.tokens.len() {
            let clause = self.next();
            loop {
                let path = self.path()?;
                let value = match clause {
                    "SET" => {
                        self.expect("=")?;
                        Some(self.sum()?)
                    }
                    "REMOVE" => None,
                    "ADD" => {
                        let added = self.operand()?;
                        Some(added_to(self.item.get(path), added.as_deref())?)
                    }
                    _ => return Err(self.not_understood("SET, REMOVE or ADD")),
                };
                match value {
                    Some(value) => {
                        set.insert(path.to_owned());
                        after.insert(path.to_owned(), value);
                    }
                    None => drop(after.remove(path)),
                }
                if !self.take(",") {
                    break;
                }
            }
        }
        Ok((after, set))
    }

    fn sum(&mut self) -> Result<Attribute, Fault> {
        let left = self.operand()?;
        for sign in ["+", "-"] {
            if self.take(sign) {
                let right = self.operand()?;
                return combined(left.as_deref(), right.as_deref(), sign);
            }
        }
        let value = left.map(Cow::into_owned);
        value.ok_or_else(|| Fault::validation("an attribute in an update is not there"))
    }
}

/// The result of `ADD`: a sum, or the union of two sets.
fn added_to(old: Option<&Attribute>, added: Option<&Attribute>) -> Result<Attribute, Fault> {
    match (old, added) {
        (Some(Attribute::BytesSet(set)), Some(Attribute::BytesSet(more))) => {
            Ok(Attribute::BytesSet(set.union(more).cloned().collect()))
        }
        (None, Some(set @ Attribute::BytesSet(_))) => Ok(set.clone()),
        (old, added) => {
            let zero = Attribute::Number(0.into());
            combined(Some(old.unwrap_or(&zero)), added, "+")
        }
    }
}

fn combined(left: Option<&Attribute>, right: Option<&Attribute>, sign: &str) -> Result<Attribute, Fault> {
    match (left, right) {
        (Some(Attribute::Number(left)), Some(Attribute::Number(right))) => {
            let sum = if sign == "+" { left.checked_add(*right) } else { left.checked_sub(*right) };
            sum.map(|sum| Attribute::Number(sum.normalize()))
                .ok_or_else(|| Fault::validation("a number has more digits than fit"))
        }
        _ => Err(Fault::validation("an operand of an update is not a number")),
    }
}

fn appended(first: Operand<'_>, second: Operand<'_>) -> Result<Attribute, Fault> {
    match (first.map(Cow::into_owned), second.map(Cow::into_owned)) {
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
