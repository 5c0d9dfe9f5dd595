//! One run of the rules: each on its subjects, counted at once and listed where that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::identity::Identities;
use super::subject::{Home, finding, fingerprint, subject_id};
use super::{At, InForce, Listing, Off, Open, Settings, Wanted, key};
use crate::evaluate::{self, Outcome, Scope, Subject};
use crate::finding::{BlindSpot, Counts, Finding, Ranked, Severity, Summary, Verdict, rank_of};
use crate::link::Linked;
use crate::link::account::AccountView;
use crate::link::iam::IamView;
use crate::link::table::TableView;
use crate::rule::{Root, Rule};
use crate::shares;
use crate::snapshot::fact::{Fact, Reason, Why};
use crate::snapshot::record::{Evidence, Record};
/// What is found meanwhile.
pub(super) struct Run<'r, 'a> {
    pub(super) settings: &'r Settings<'r>,
    pub(super) identities: &'r Identities,
    pub(super) linked: &'r Linked<'a>,
    listing: Listing,
    /// The only findings that are listed, where not all are.
    pub(super) wanted: Option<&'r Wanted>,
    /// What is counted at once; the rest of it is made of `counts` at the end.
    pub(super) summary: Summary,
    /// Counts of each rule.
    counts: Vec<Counts>,
    /// Counts of the table in hand: its key is made once, not for each result.
    of_table: Counts,
    pub(super) findings: Ranked<'r>,
    /// The rules that each reason blinds.
    blind: BTreeMap<Why, BTreeSet<String>>,
    /// How often each rule was off, and why.
    pub(super) off: BTreeMap<(String, Off), usize>,
}

impl<'r, 'a> Run<'r, 'a> {
    pub(super) fn new(
        settings: &'r Settings<'r>,
        identities: &'r Identities,
        linked: &'r Linked<'a>,
        listing: Listing,
    ) -> Run<'r, 'a> {
        Run {
            settings,
            identities,
            linked,
            listing,
            wanted: None,
            summary: Summary::default(),
            counts: vec![Counts::default(); settings.rules.len()],
            of_table: Counts::default(),
            findings: Ranked::new(),
            blind: BTreeMap::new(),
            off: BTreeMap::new(),
        }
    }

    /// The rules on tables, which don't see each other: side by side where there are many. What comes of it is the same.
    pub(super) fn tables(&mut self, account: &AccountView<'_>, tables: &[&TableView<'_>]) {
        let Run {
            settings,
            identities,
            linked,
            listing,
            wanted,
            ..
        } = *self;
        let work = |tables: &[&TableView<'_>]| {
            let mut run = Run::new(settings, identities, linked, listing);
            run.wanted = wanted;
            for table in tables {
                run.table(account, table);
            }
            (run.summary, run.counts, run.findings, run.blind, run.off)
        };
        for (summary, counts, findings, blind, off) in shares::of(tables, linked.threads, work) {
            self.summary.merge(summary);
            let both = self.counts.iter_mut().zip(counts);
            both.for_each(|(all, of_share)| all.merge(of_share));
            for (rank, of_share) in findings {
                self.findings.entry(rank).or_default().extend(of_share);
            }
            for (rule, places) in off {
                *self.off.entry(rule).or_default() += places;
            }
            for (why, rules) in blind {
                self.blind.entry(why).or_default().extend(rules);
            }
        }
    }

    /// The rules on the account `itself`, where that is asked for; and, where tables are missing, one unknown for each rule on tables.
    pub(super) fn account(&mut self, account: &AccountView<'_>, itself: bool) {
        let missing = match &account.tables {
            Fact::Known(listed) => listed.missing.as_ref(),
            Fact::Unknown(why) => Some(why),
        };
        let home = self.home(account, None);
        for (place, configured) in self.settings.rules.iter().enumerate() {
            match (configured.rule.for_each.root(), missing) {
                (Root::Account, _) if itself => self.rule(place, &home),
                (Root::Account, _) => {}
                (Root::Table, Some(why)) => self.unlisted(place, account, why),
                (Root::Table, None) | (Root::Iam, _) => {}
            }
        }
    }

    fn table(&mut self, account: &AccountView<'_>, table: &TableView<'_>) {
        let home = self.home(account, Some(table));
        for place in self.places(Root::Table) {
            self.rule(place, &home);
        }
        let counts = std::mem::take(&mut self.of_table);
        if counts.total() > 0 {
            self.summary.by_table.insert(key(account, table), counts);
        }
    }

    /// The rules on the identities of an account.
    pub(super) fn iam(&mut self, iam: &IamView<'_>) {
        let home = self.home_of_iam(iam);
        for place in self.places(Root::Iam) {
            self.rule(place, &home);
        }
    }

    fn home<'h>(&self, account: &'h AccountView<'_>, table: Option<&'h TableView<'h>>) -> Home<'h>
    where
        'r: 'h,
    {
        let (id, region) = (&account.region.account, &account.region.region);
        Home {
            account: id,
            region: Some(region),
            root: account,
            table,
            matches: self.settings.matches(id, Some(region), table),
            identity: table.and_then(|it| self.identities.of(id, region, &it.table.name)),
        }
    }

    fn home_of_iam<'h>(&self, iam: &'h IamView<'_>) -> Home<'h> {
        Home {
            account: &iam.account,
            region: None,
            root: iam,
            table: None,
            matches: self.settings.matches(&iam.account, None, None),
            identity: None,
        }
    }

    /// The places of the rules that start from a root.
    fn places(&self, root: Root) -> impl Iterator<Item = usize> + use<'r> {
        let rules = self.settings.rules.iter().enumerate();
        let wanted = rules.filter(move |(_, it)| it.rule.for_each.root() == root);
        wanted.map(|(place, _)| place)
    }

    fn rule(&mut self, place: usize, home: &Home<'_>) {
        let configured = &self.settings.rules[place];
        if !self.asks(configured.rule) {
            return;
        }
        let scope = Scope {
            account: home.root,
            table: home.table.map(|table| table as &dyn Record),
            now: self.linked.now,
        };
        match configured.at(&home.matches) {
            At::Settled(in_force) => match &in_force.off {
                Some(off) => self.off(configured.rule, off),
                None => self.judge(place, &in_force, &scope, home),
            },
            At::Open(open) => self.judge_open(place, &open, &scope, home),
        }
    }

    fn off(&mut self, rule: &Rule, off: &Off) {
        let key = (rule.id.to_string(), off.clone());
        *self.off.entry(key).or_default() += 1;
    }

    fn judge(&mut self, place: usize, in_force: &InForce, scope: &Scope<'_>, home: &Home<'_>) {
        let rule = self.settings.rules[place].rule;
        let held = Held {
            place,
            rule,
            in_force,
            severity: in_force.severity_on(home.table),
            open: None,
        };
        for outcome in evaluate::outcomes(rule, &in_force.params, scope) {
            self.note(&held, scope, home, &outcome);
        }
    }

    /// Where it is not known what is in force: what all candidates say is said, and else that it is not known; at the
    /// worst severity of them. What is off says nothing against a pass.
    fn judge_open(&mut self, place: usize, open: &Open<'_>, scope: &Scope<'_>, home: &Home<'_>) {
        let rule = self.settings.rules[place].rule;
        let on = open.candidates.iter().filter(|it| it.off.is_none());
        let on: Vec<&InForce> = on.map(|it| &**it).collect();
        let may_be_off = on.len() < open.candidates.len();
        let configured = &self.settings.rules[place];
        // Where not all candidates are here, those that are missing may be on, and worse.
        let on = match (on.is_empty(), open.is_complete) {
            (false, _) => on,
            (true, false) => vec![configured.base()],
            (true, true) => {
                let off = open.candidates.iter().find_map(|it| it.off.as_ref());
                return off.into_iter().for_each(|off| self.off(rule, off));
            }
        };
        let first = on[0];
        let missing = configured.strictest().filter(|_| !open.is_complete);
        let severities = on.iter().map(|it| it.severity_on(home.table));
        let worst = severities.chain(missing).min();
        let held = Held {
            place,
            rule,
            in_force: first,
            severity: worst.unwrap_or(first.severity),
            open: Some(open),
        };
        let said: Vec<Vec<Outcome<'_>>> = on
            .iter()
            .map(|it| evaluate::outcomes(rule, &it.params, scope))
            .collect();
        for (at, outcome) in said[0].iter().enumerate() {
            let same = |others: &Vec<Outcome<'_>>| {
                others
                    .get(at)
                    .is_some_and(|it| it.verdict == outcome.verdict)
            };
            let counts = matches!(outcome.verdict, Verdict::Fail | Verdict::Unknown);
            match open.is_complete && said.iter().all(same) && !(may_be_off && counts) {
                true => self.note(&held, scope, home, outcome),
                false => self.undecided(&held, open, home, outcome),
            }
        }
    }

    /// A result that is unknown because it is not known what is in force.
    fn undecided(
        &mut self,
        held: &Held<'_>,
        open: &Open<'_>,
        home: &Home<'_>,
        outcome: &Outcome<'_>,
    ) {
        let of_table = home.table.is_some();
        self.count(held.place, held.severity, of_table, Verdict::Unknown);
        self.blind(held.rule, std::slice::from_ref(open.why));
        if !self.listing.lists(Verdict::Unknown) {
            return;
        }
        let subject = subject_id(home, outcome.subject);
        let message = format!(
            "{}: which settings are in force could not be told",
            subject.short()
        );
        let base = finding(held, home, subject, Verdict::Unknown, message);
        let finding = Finding {
            unknown: vec![open.why.clone()],
            evidence: held.doubt().into_iter().collect(),
            ..base
        };
        self.list(held.place, finding);
    }

    fn note(&mut self, held: &Held<'_>, scope: &Scope<'_>, home: &Home<'_>, outcome: &Outcome<'_>) {
        let of_table = home.table.is_some();
        self.count(held.place, held.severity, of_table, outcome.verdict);
        let listed = self.listing.lists(outcome.verdict) && self.wants_outcome(held, home, outcome);
        let blinds = self.wanted.is_none() && outcome.verdict == Verdict::Unknown;
        if listed || blinds {
            self.report(held, scope, home, outcome, listed);
        }
    }

    /// Whether any finding of a rule is asked for.
    fn asks(&self, rule: &Rule) -> bool {
        self.wanted
            .is_none_or(|wanted| wanted.contains_key(rule.id.as_str()))
    }

    fn wants(&self, rule: &str, fingerprint: &str) -> bool {
        self.wanted.is_none_or(|wanted| {
            let of_rule = wanted.get(rule);
            of_rule.is_some_and(|of_rule| of_rule.contains(fingerprint))
        })
    }

    /// Asked before anything is explained: that takes longer than all the rest.
    fn wants_outcome(&self, held: &Held<'_>, home: &Home<'_>, outcome: &Outcome<'_>) -> bool {
        self.wanted.is_none() || {
            let id = held.rule.id.as_str();
            let subject = subject_id(home, outcome.subject);
            self.wants(id, &fingerprint(id, &subject, home.identity))
        }
    }

    fn count(&mut self, place: usize, severity: Severity, of_table: bool, verdict: Verdict) {
        let summary = &mut self.summary;
        self.counts[place].add(verdict);
        if of_table {
            self.of_table.add(verdict);
        }
        match verdict {
            Verdict::Fail => *summary.fails.entry(severity).or_default() += 1,
            Verdict::Unknown => *summary.unknowns.entry(severity).or_default() += 1,
            Verdict::Pass | Verdict::NotApplicable => {}
        }
    }

    /// Sums up the counts of the rules.
    pub(super) fn sum(&mut self) {
        let summary = &mut self.summary;
        let each = self
            .settings
            .rules
            .iter()
            .map(|it| it.rule)
            .zip(&self.counts);
        for (rule, counts) in each.filter(|(_, counts)| counts.total() > 0) {
            summary.all.merge(*counts);
            summary.by_area.entry(rule.area).or_default().merge(*counts);
            let of_rule = summary.by_rule.entry(rule.id.to_string());
            of_rule.or_default().merge(*counts);
        }
    }

    fn list(&mut self, place: usize, finding: Finding) {
        let rule = self.settings.rules[place].rule;
        if !self.wants(rule.id.as_str(), &finding.fingerprint) {
            return;
        }
        let rank = rank_of(rule.id.as_str(), finding.severity, finding.verdict);
        self.findings.entry(rank).or_default().push(finding);
    }

    fn report(
        &mut self,
        held: &Held<'_>,
        scope: &Scope<'_>,
        home: &Home<'_>,
        outcome: &Outcome<'_>,
        listed: bool,
    ) {
        let params = &held.in_force.params;
        let explanation = evaluate::explain(held.rule, params, scope, outcome);
        let mut unknown: Vec<Why> = explanation
            .unknown
            .into_iter()
            .map(|unread| unread.why)
            .collect();
        let mut met = BTreeSet::new();
        unknown.retain(|why| outcome.verdict == Verdict::Unknown && met.insert(why.clone()));
        self.blind(held.rule, &unknown);
        if listed {
            let subject = subject_id(home, outcome.subject);
            let base = finding(held, home, subject, outcome.verdict, explanation.message);
            let evidence = explanation.evidence.into_iter().chain(held.doubt());
            let mut fix = explanation.fix;
            if self.listing == Listing::Repairs && outcome.verdict == Verdict::Fail {
                let forms = evaluate::forms(held.rule, params, scope, outcome);
                fix.get_or_insert_default().forms = Some(Box::new(forms));
            }
            let finding = Finding {
                evidence: evidence.collect(),
                unknown,
                fix,
                ..base
            };
            self.list(held.place, finding);
        }
    }

    fn blind(&mut self, rule: &Rule, reasons: &[Why]) {
        for why in reasons {
            self.blind
                .entry(why.clone())
                .or_default()
                .insert(rule.id.to_string());
        }
    }

    /// One unknown result for a rule on tables that were not listed.
    fn unlisted(&mut self, place: usize, account: &AccountView<'_>, why: &Why) {
        let configured = &self.settings.rules[place];
        let rule = configured.rule;
        if !self.asks(rule) {
            return;
        }
        // A table that is not there to see may be where it is worst.
        let Some(severity) = configured.strictest() else {
            return;
        };
        self.count(place, severity, false, Verdict::Unknown);
        self.blind(rule, std::slice::from_ref(why));
        if self.listing.lists(Verdict::Unknown) {
            let home = self.home(account, None);
            let held = Held {
                place,
                rule,
                in_force: configured.base(),
                severity,
                open: None,
            };
            let subject = subject_id(&home, Subject::Root);
            let message = format!(
                "tables of {}: not all could be listed",
                account.region.region
            );
            let base = finding(&held, &home, subject, Verdict::Unknown, message);
            let unknown = vec![why.clone()];
            self.list(place, Finding { unknown, ..base });
        }
    }

    /// What could not be read: the reasons of unknown verdicts, and the gaps that blinded no rule.
    pub(super) fn gaps(&self) -> Vec<BlindSpot> {
        let mut spots: BTreeMap<(String, Reason, Option<String>), BlindSpot> = BTreeMap::new();
        let gaps = self
            .linked
            .snapshot
            .gaps
            .iter()
            .map(|gap| (&gap.why, gap.resource.as_deref(), None));
        let blind = self
            .blind
            .iter()
            .map(|(why, rules)| (why, None, Some(rules)));
        for (why, resource, rules) in gaps.chain(blind) {
            let spot = BlindSpot::of(why);
            let key = (spot.action.clone(), spot.reason, spot.detail.clone());
            let spot = spots.entry(key).or_insert(spot);
            if let Some(resource) = resource {
                spot.count += 1;
                if spot.resources.len() < SHOWN_RESOURCES {
                    spot.resources.push(resource.to_owned());
                }
            }
            spot.rules.extend(rules.into_iter().flatten().cloned());
        }
        spots.into_values().collect()
    }
}

/// A rule and what is in force of it.
pub(super) struct Held<'h> {
    /// Its place among those of the run.
    pub(super) place: usize,
    pub(super) rule: &'h Rule,
    pub(super) in_force: &'h InForce,
    /// The severity of what it says here.
    pub(super) severity: Severity,
    /// Where it is one of several that are possible.
    pub(super) open: Option<&'h Open<'h>>,
}

impl Held<'_> {
    /// What may be in force, where that is not known.
    fn doubt(&self) -> Option<Evidence> {
        let open = self.open?;
        let words: Vec<String> = open.candidates.iter().map(|it| it.words()).collect();
        Some(Evidence {
            path: format!("settings of {}", self.rule.id),
            observed: words.join(", or "),
            expected: String::new(),
            from: open.why.operation,
        })
    }
}

/// How many of the things that could not be read are named.
const SHOWN_RESOURCES: usize = 3;
