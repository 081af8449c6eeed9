//! The variables of a composition: what a person may fill in, and whether what was typed will do.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::typed;

/// What a variable takes, by the published types of HyperFrames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum VariableKind {
    Text {
        /// Characters at most.
        most: Option<usize>,
    },
    Number {
        least: Option<Decimal>,
        most: Option<Decimal>,
        /// Shown behind the field: "$", "px".
        unit: String,
    },
    /// A colour as CSS writes it.
    Color,
    Switch,
    /// One of a list.
    Choice(Vec<ChoiceOption>),
    /// The name of a font family.
    Font,
    /// A picture's path in the project, or its address.
    Image,
}

/// One of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceOption {
    pub value: String,
    pub label: String,
}

/// A declared variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// More about it; may be empty.
    pub description: String,
    pub kind: VariableKind,
    /// What it is when nothing is filled in, as a person would type it.
    pub default: String,
}

/// What is sent for a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Number(Decimal),
    Switch(bool),
}

impl Variable {
    /// What was typed, as the variable takes it.
    ///
    /// # Errors
    /// One sentence: what is wrong and what would work.
    pub fn read(&self, typed: &str) -> Result<Value, String> {
        match &self.kind {
            VariableKind::Text { most } => match most {
                Some(most) if typed.chars().count() > *most => {
                    Err(format!("{} characters at most; these are {}.", most, typed.chars().count()))
                }
                _ => Ok(Value::Text(typed.to_owned())),
            },
            VariableKind::Number { least, most, .. } => {
                let number = number(typed)?;
                match (least, most) {
                    (Some(least), _) if number < *least => Err(format!("{least} is the least.")),
                    (_, Some(most)) if number > *most => Err(format!("{most} is the most.")),
                    _ => Ok(Value::Number(number)),
                }
            }
            VariableKind::Color if is_color(typed.trim()) => Ok(Value::Text(typed.trim().to_owned())),
            VariableKind::Color => Err("A colour looks like #1a2b3c.".to_owned()),
            VariableKind::Switch => match typed.trim().to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Ok(Value::Switch(true)),
                "false" | "no" | "off" | "0" => Ok(Value::Switch(false)),
                _ => Err("Write yes or no.".to_owned()),
            },
            VariableKind::Choice(options) => {
                let wanted = typed.trim();
                let exact = options.iter().find(|option| option.value == wanted);
                let same = |option: &&ChoiceOption| option.label.to_lowercase() == wanted.to_lowercase();
                match exact.or_else(|| options.iter().find(same)) {
                    Some(option) => Ok(Value::Text(option.value.clone())),
                    None => Err(format!("It is one of: {}.", listed(options))),
                }
            }
            VariableKind::Font | VariableKind::Image if typed.trim().is_empty() => {
                Err("It must not be empty.".to_owned())
            }
            VariableKind::Font | VariableKind::Image => Ok(Value::Text(typed.trim().to_owned())),
        }
    }
}

fn number(text: &str) -> Result<Decimal, String> {
    // A table may have been written by a program.
    Decimal::from_scientific(text.trim()).or_else(|_| typed::number(text)).map_err(|mistyped| format!("{mistyped}."))
}

/// `#rgb`, `#rrggbb` with or without transparency, a word, or a function such as `rgb(…)`.
fn is_color(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix('#') {
        return matches!(digits.len(), 3 | 4 | 6 | 8) && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    }
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    match text.split_once('(') {
        Some((name, rest)) => word(name) && rest.ends_with(')') && text.len() <= 100,
        None => word(text),
    }
}

fn listed(options: &[ChoiceOption]) -> String {
    let labels: Vec<&str> = options.iter().take(6).map(|option| option.label.as_str()).collect();
    let more = if options.len() > labels.len() { " and more" } else { "" };
    format!("{}{more}", labels.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(kind: VariableKind) -> Variable {
        Variable { id: "v".to_owned(), label: "V".to_owned(), description: String::new(), kind, default: String::new() }
    }

    #[track_caller]
    fn check(kind: &VariableKind, typed: &str, expected: Result<Value, &str>) {
        assert_eq!(variable(kind.clone()).read(typed), expected.map_err(str::to_owned), "{typed:?}");
    }

    #[test]
    fn what_is_typed_is_read_as_the_variable_takes_it() {
        let text = |text: &str| Ok(Value::Text(text.to_owned()));
        let decimal = |text: &str| Decimal::from_str_exact(text).unwrap();

        check(&VariableKind::Text { most: None }, " as it is ", text(" as it is "));
        check(&VariableKind::Text { most: Some(3) }, "äöü", text("äöü"));
        check(&VariableKind::Text { most: Some(3) }, "äöüß", Err("3 characters at most; these are 4."));

        let price =
            VariableKind::Number { least: Some(Decimal::ZERO), most: Some(Decimal::ONE_HUNDRED), unit: String::new() };
        check(&price, " 12.50 ", Ok(Value::Number(decimal("12.50"))));
        check(&price, "1e2", Ok(Value::Number(Decimal::ONE_HUNDRED)));
        check(&price, "-1", Err("0 is the least."));
        check(&price, "100.01", Err("100 is the most."));
        check(&price, "12,5", Ok(Value::Number(decimal("12.5"))));
        check(&price, "1,250", Err("Write 1250 or 1.25: 1,250 may mean either."));
        check(&price, "", Err("Write a number, for example 12 or 3.5."));

        for color in ["#fff", "#1A2b3c", "#1a2b3c80", "teal", "rgb(1, 2, 3)", "hsl(120deg 40% 50%)"] {
            check(&VariableKind::Color, color, text(color));
        }
        for wrong in ["", "#12", "#12345g", "12345", "rgb(1", "url(#a) none"] {
            check(&VariableKind::Color, wrong, Err("A colour looks like #1a2b3c."));
        }

        check(&VariableKind::Switch, "Yes", Ok(Value::Switch(true)));
        check(&VariableKind::Switch, "0", Ok(Value::Switch(false)));
        check(&VariableKind::Switch, "", Err("Write yes or no."));

        let option = |value: &str, label: &str| ChoiceOption { value: value.to_owned(), label: label.to_owned() };
        let plan = VariableKind::Choice(vec![option("pro", "Pro"), option("ent", "Enterprise")]);
        check(&plan, "ent", text("ent"));
        check(&plan, "enterprise", text("ent"));
        check(&plan, "free", Err("It is one of: Pro, Enterprise."));

        check(&VariableKind::Image, " ", Err("It must not be empty."));
        check(&VariableKind::Font, "Inter", text("Inter"));
    }
}
