//! What to do about a failure: the templates of its rule with the values of the subject in them.

use super::{Explainer, explainer};
use crate::evaluate::value::Val;
use crate::evaluate::{Outcome, Scope, Subject};
use crate::finding::{Forms, Repair};
use crate::rule::Rule;
use crate::rule::condition::Condition;
use crate::rule::param::Params;
use crate::rule::template::{Filling, Template};
use crate::snapshot::record::Value;

/// The repair of a failure of [`outcomes`](crate::evaluate::outcomes) in every form that the rule has.
pub fn forms<'a>(
    rule: &'a Rule,
    params: &'a Params,
    scope: &Scope<'a>,
    outcome: &Outcome<'a>,
) -> Forms {
    let Some(mut explainer) = explainer(rule, params, scope, outcome) else {
        return Forms::default();
    };
    if let Subject::Element(element) = outcome.subject {
        explainer.frame.push_subject(Val::Plain(element));
    }
    explainer.forms(rule)
}

impl<'a> Explainer<'a> {
    pub(super) fn fix(&mut self, rule: &'a Rule) -> Option<Repair> {
        let command = rule.fix.cli.as_ref();
        let command = command.map(|command| command.fill(|it| self.filling(it)).text);
        let words = self.words(rule.fix.text.as_ref());
        (command.is_some() || words.is_some()).then_some(Repair {
            command,
            words,
            forms: None,
        })
    }

    fn forms(&mut self, rule: &'a Rule) -> Forms {
        let fix = &rule.fix;
        let mut snippet = |template: &'a Option<Template>| {
            let template = template.as_ref()?;
            Some(template.fill(|it| self.filling(it)))
        };
        Forms {
            cli: snippet(&fix.cli),
            terraform: snippet(&fix.terraform),
            cloudformation: snippet(&fix.cloudformation),
            costs: self.words(fix.costs.as_ref()),
            irreversible: self.words(fix.irreversible.as_ref()),
        }
    }

    fn filling(&mut self, value: &'a Condition) -> Option<Filling> {
        self.frame.value(value.expr()).filling()
    }

    fn words(&mut self, template: Option<&'a Template>) -> Option<String> {
        let known = |value: &'a Condition| match self.frame.value(value.expr()) {
            Val::Plain(Value::Absent | Value::Unknown(_)) => None,
            value => Some(value.shown()),
        };
        template.map(|template| template.for_people(known))
    }
}
