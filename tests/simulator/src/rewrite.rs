//! Rewriting what the store asks for: which transaction it is, and how a part of it is forgotten.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::str::FromStr;

/// The smallest amount.
const UNIT: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// A transaction of the store.
pub(crate) struct Written<'a>(&'a mut Vec<Value>);

/// What one write is about: its kind (`Put`, …), and the kind of its item or its sort key.
fn about(item: &Value) -> (&str, &str) {
    let Some((kind, fields)) = item.as_object().and_then(|item| item.iter().next()) else { return ("", "") };
    let of = if kind == "Put" { &fields["Item"]["kind"]["S"] } else { &fields["Key"]["sk"]["S"] };
    (kind, of.as_str().unwrap_or_default())
}

impl<'a> Written<'a> {
    pub(crate) fn of(request: &'a mut Value) -> Option<Self> {
        request["TransactItems"].as_array_mut().map(Self)
    }

    fn is(&self, position: usize, kind: &str, of: &str) -> bool {
        self.0.get(position).is_some_and(|item| about(item) == (kind, of))
    }

    fn has_value(&self, name: &str) -> bool {
        let values = self.0.first().map(|item| &item["Update"]["ExpressionAttributeValues"]);
        values.is_some_and(|values| values.get(name).is_some())
    }

    /// Whether the write at a position is a wallet's, with an entry.
    fn moves_money(&self, position: usize) -> bool {
        let values = self.0.get(position).map(|item| &item["Update"]["ExpressionAttributeValues"]);
        self.is(position, "Update", "WALLET") && values.is_some_and(|values| values.get(":entries").is_some())
    }

    pub(crate) fn is_place(&self) -> bool {
        self.is(0, "Put", "bet")
    }

    pub(crate) fn is_join(&self) -> bool {
        self.is(2, "Put", "match")
    }

    pub(crate) fn is_settle(&self) -> bool {
        self.has_value(":settled")
    }

    pub(crate) fn is_void(&self) -> bool {
        self.has_value(":void")
    }

    pub(crate) fn is_refund(&self) -> bool {
        self.is(1, "Update", "WALLET") && about(&self.0[0]).0 == "Delete"
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.len() == 2 && self.is(0, "Put", "round")
    }

    pub(crate) fn is_move(&self) -> bool {
        self.0.len() == 1 && self.is(0, "Put", "round")
    }

    pub(crate) fn is_bonus(&self) -> bool {
        self.is(0, "Update", "ACCOUNT") && self.moves_money(1)
    }

    pub(crate) fn is_referral(&self) -> bool {
        self.is(0, "Update", "ACCOUNT") && self.is(1, "Put", "referral")
    }

    pub(crate) fn is_fund(&self) -> bool {
        self.is(0, "Put", "deposit")
    }

    pub(crate) fn is_block(&self) -> bool {
        self.is(0, "Update", "ACCOUNT") && self.is(1, "Update", "WALLET") && !self.moves_money(1)
    }

    /// The fields of the write at a position.
    fn fields(&mut self, position: usize) -> Option<&mut Value> {
        self.0.get_mut(position)?.as_object_mut()?.values_mut().next()
    }

    /// Does nothing at this position: the other positions stay what they are.
    pub(crate) fn without(&mut self, position: usize) -> bool {
        let Some(item) = self.0.get_mut(position) else { return false };
        let key =
            json!({ "pk": { "S": "NOTHING" }, "sk": { "S": position.to_string() + &item.to_string() } });
        *item = json!({ "Delete": { "Key": key } });
        true
    }

    /// Forgets the entry of the wallet at a position.
    pub(crate) fn without_entry(&mut self, position: usize) -> bool {
        let fields = self.fields(position);
        fields.is_some_and(|fields| {
            fields["ExpressionAttributeValues"][":entries"] = json!({ "L": [] });
            true
        })
    }

    /// Forgets the condition at a position.
    pub(crate) fn without_condition(&mut self, position: usize) -> bool {
        self.fields(position).is_some_and(without_condition)
    }

    /// Replaces a part of the update at a position.
    pub(crate) fn replace(&mut self, position: usize, part: &str, by: &str) -> bool {
        let Some(fields) = self.fields(position) else { return false };
        let update = fields["UpdateExpression"].as_str().unwrap_or_default().to_owned();
        fields["UpdateExpression"] = json!(update.replacen(part, by, 1));
        prune(fields);
        update.contains(part)
    }

    /// Forgets a part of the condition at a position.
    pub(crate) fn replace_in_condition(&mut self, position: usize, part: &str) -> bool {
        let Some(fields) = self.fields(position) else { return false };
        let condition = fields["ConditionExpression"].as_str().unwrap_or_default().to_owned();
        fields["ConditionExpression"] = json!(condition.replacen(part, "", 1));
        condition.contains(part)
    }

    /// Takes the new item at a position out of the index of unfinished things.
    pub(crate) fn without_index(&mut self, position: usize) -> bool {
        let item = self.fields(position).and_then(|fields| fields["Item"].as_object_mut());
        item.is_some_and(|item| {
            item.remove("unfinished_sk");
            item.remove("unfinished_pk").is_some()
        })
    }

    /// Adds a unit to a number of the new item at a position.
    pub(crate) fn add(&mut self, position: usize, attribute: &str) -> bool {
        self.fields(position).is_some_and(|fields| add_unit(&mut fields["Item"][attribute]["N"]))
    }

    /// Names the other side where the new item at a position says who won.
    pub(crate) fn win_other(&mut self, position: usize) -> bool {
        self.fields(position).is_some_and(|fields| name_other_side(&mut fields["Item"]["winner"]["S"]))
    }

    /// Adds a unit to a number that an update at a position sets.
    pub(crate) fn add_to_value(&mut self, position: usize, name: &str) -> bool {
        self.fields(position)
            .is_some_and(|fields| add_unit(&mut fields["ExpressionAttributeValues"][name]["N"]))
    }
}

fn add_unit(number: &mut Value) -> bool {
    let sum =
        number.as_str().and_then(|text| Decimal::from_str(text).ok()).and_then(|old| old.checked_add(UNIT));
    let Some(sum) = sum else { return false };
    *number = json!(sum.to_string());
    true
}

/// Makes side A of side B, and side B of side A.
pub(crate) fn name_other_side(side: &mut Value) -> bool {
    let other = match side.as_str() {
        Some("A") => "B",
        Some("B") => "A",
        _ => return false,
    };
    *side = json!(other);
    true
}

/// Forgets the condition of a write.
pub(crate) fn without_condition(fields: &mut Value) -> bool {
    let removed = fields.as_object_mut().and_then(|fields| fields.remove("ConditionExpression"));
    prune(fields);
    removed.is_some()
}

/// Takes out the names and values that no expression uses any more: the engine would refuse them.
fn prune(fields: &mut Value) {
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let used = text("UpdateExpression") + " " + &text("ConditionExpression");
    let is_used = |name: &str| {
        used.split(|character: char| {
            !character.is_ascii_alphanumeric() && !matches!(character, '#' | ':' | '_')
        })
        .any(|word| word == name)
    };
    for map in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        if let Some(map) = fields[map].as_object_mut() {
            map.retain(|name, _| is_used(name));
        }
    }
}

/// Whether it is the draw of a match.
pub(crate) fn is_draw(request: &Value) -> bool {
    request["ExpressionAttributeValues"].get(":drawn").is_some()
}
