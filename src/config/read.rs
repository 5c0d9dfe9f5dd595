//! From the file as it is written to the configuration: every mistake that needs no knowledge of rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use globset::GlobSet;

use super::file::{
    File, GateFile, IdentityFile, MatcherFile, MonitoringFile, OverrideFile, RuleFile, ScopeFile,
    TableFile, TargetFile,
};
use super::{
    Config, GateDefaults, Identity, Lapses, Matcher, Monitoring, NOT_PRODUCTION, OutOfScope,
    Override, Placed, RuleSetting, TIERS, TableFacts, Target, Where, duration, environment_word,
    globs, is_url, origin,
};
use crate::policy::is_account;
use crate::yaml::{self, SourceError, Spans, did_you_mean};

pub(super) fn read(file: &str, text: &str) -> (Config, Vec<SourceError>) {
    let document = match yaml::read::<File>(file, text) {
        Ok(document) => document,
        Err(errors) => return (Config::default(), errors),
    };
    let mut reader = Reader {
        spans: Arc::new(document.spans),
        environments: Vec::new(),
        errors: Vec::new(),
    };
    let config = reader.config(document.value);
    let mut errors = reader.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    (config, errors)
}

struct Reader {
    spans: Arc<Spans>,
    /// The names of environments that the file declares.
    environments: Vec<String>,
    errors: Vec<SourceError>,
}

impl Reader {
    fn config(&mut self, file: File) -> Config {
        if file.version != 1 {
            let version = file.version;
            self.error(
                "version",
                format!("version {version} is not known, this dynalint reads version 1"),
            );
        }
        self.accounts("trusted_accounts", &file.trusted_accounts);
        for (index, tier) in file.tiers.iter().enumerate() {
            self.tier(&format!("tiers.{index}.name"), &tier.name);
        }
        let names = file.environments.iter();
        self.environments = names.map(|it| environment_word(&it.name)).collect();
        let targets = self.targets(file.targets, file.default_target.as_ref());
        Config {
            targets,
            default_target: file.default_target,
            environments: self.matchers("environments", file.environments),
            tiers: self.matchers("tiers", file.tiers),
            trusted_accounts: file.trusted_accounts,
            monitoring: self.monitoring(file.monitoring),
            tables: self.tables(file.tables),
            rules: self.rules("rules", file.rules, None),
            overrides: self.overrides(file.overrides),
            scope: self.scope(file.scope),
            rule_folders: self.folders("rule_folders", file.rule_folders),
            checklists: self.folders("checklists", file.checklists),
            gate: self.gate(file.gate),
            output: self.outputs(file.output),
            identity: file.identity.and_then(|file| self.identity(file)),
            waivers: Lapses {
                longest_days: self.days("waivers.longest", file.waivers.longest),
                lapsing_days: self.days("waivers.lapsing", file.waivers.lapsing),
            },
            attestations: Lapses {
                longest_days: None,
                lapsing_days: self.days("attestations.lapsing", file.attestations.lapsing),
            },
            spans: Some(Arc::clone(&self.spans)),
        }
    }

    fn targets(
        &mut self,
        files: BTreeMap<String, TargetFile>,
        default: Option<&String>,
    ) -> BTreeMap<String, Target> {
        if let Some(name) = default.filter(|name| !files.contains_key(*name)) {
            let message = format!("no target is named \"{name}\"");
            let hint = match files.is_empty() {
                true => Some("declare it under targets".to_owned()),
                false => did_you_mean(name, files.keys().map(String::as_str)),
            };
            self.hinted("default_target", message, hint);
        }
        let target = |(name, file): (String, TargetFile)| {
            let target = self.target(&format!("targets.{name}"), file);
            (name, target)
        };
        files.into_iter().map(target).collect()
    }

    fn target(&mut self, path: &str, file: TargetFile) -> Target {
        let at = |key: &str| format!("{path}.{key}");
        if file.external_id.is_some() && file.role_arn.is_none() {
            let message = "an external_id is asked for by a role, and no role_arn is given";
            self.error(&at("external_id"), message);
        }
        let role = file.role_arn.as_ref();
        if let Some(role) = role.filter(|role| !role.starts_with("arn:")) {
            let message = format!("\"{role}\" is no ARN of a role");
            self.error(&at("role_arn"), message);
        }
        if let Some(url) = file.endpoint_url.as_ref().filter(|url| !is_url(url)) {
            let message = format!("\"{url}\" is no URL such as http://127.0.0.1:8000");
            self.error(&at("endpoint_url"), message);
        }
        self.regions(&at("regions"), &file.regions);
        if let Some(tables) = &file.tables {
            self.names(&at("tables"), tables);
        }
        Target {
            profile: file.profile,
            role_arn: file.role_arn,
            external_id: file.external_id,
            regions: file.regions,
            tables: file.tables.unwrap_or_default(),
            endpoint_url: file.endpoint_url,
        }
    }

    fn monitoring(&mut self, file: MonitoringFile) -> Monitoring {
        for (index, topic) in file.trusted_topics.iter().enumerate() {
            if !topic.starts_with("arn:") {
                let message = format!(
                    "\"{topic}\" is no ARN of a topic: as in arn:*:sns:*:111122223333:pager"
                );
                self.error(&format!("monitoring.trusted_topics.{index}"), message);
            }
        }
        let external = self.text("monitoring.external".to_owned(), file.external);
        Monitoring {
            trusted_topics: self.globs("monitoring.trusted_topics", &file.trusted_topics),
            eventbridge: file.eventbridge,
            external: external.map(|it| it.value),
        }
    }

    fn matchers(&mut self, key: &str, files: Vec<MatcherFile>) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        for (index, file) in files.into_iter().enumerate() {
            let path = format!("{key}.{index}");
            if file.tags.is_empty() && file.tables.is_empty() {
                self.error(&path, "matches no table: give it tags or tables");
            }
            let names = match file.tables.is_empty() {
                true => GlobSet::empty(),
                false => self.names(&format!("{path}.tables"), &file.tables),
            };
            let tags = (!file.tags.is_empty()).then_some(file.tags);
            matchers.push(Matcher {
                value: file.name,
                tags: self.tags(&format!("{path}.tags"), tags),
                names,
            });
        }
        matchers
    }

    fn tables(&mut self, files: Vec<TableFile>) -> Vec<TableFacts> {
        let files = files.into_iter().enumerate();
        files
            .map(|(index, file)| self.table(&format!("tables.{index}"), file))
            .collect()
    }

    fn table(&mut self, path: &str, file: TableFile) -> TableFacts {
        let at = |key: &str| format!("{path}.{key}");
        let place = Where {
            tables: self.some_names(&at("tables"), file.tables.as_ref()),
            patterns: file.tables.clone().unwrap_or_default(),
            tags: self.tags(&at("tags"), file.tags.clone()),
            ..Where::default()
        };
        if file.tables.is_none() && file.tags.is_none() {
            self.error(path, "says of no table: give it tables or tags");
        }
        self.accounts(&at("trusted_accounts"), &file.trusted_accounts);
        let (reads, writes) = file.peak.map_or((None, None), |it| (it.reads, it.writes));
        let facts = TableFacts {
            place,
            origin: origin(&self.spans, path),
            owner: self.text(at("owner"), file.owner),
            service: self.text(at("service"), file.service).map(lower),
            data_class: self.text(at("data_class"), file.data_class).map(lower),
            rpo_s: self.duration(at("rpo"), file.rpo),
            rto_s: self.duration(at("rto"), file.rto),
            peak_reads_per_s: self.rate(at("peak.reads"), reads),
            peak_writes_per_s: self.rate(at("peak.writes"), writes),
            trusted_accounts: file.trusted_accounts,
        };
        let says_nothing = facts.owner.is_none()
            && facts.service.is_none()
            && facts.data_class.is_none()
            && facts.rpo_s.is_none()
            && facts.rto_s.is_none()
            && facts.peak_reads_per_s.is_none()
            && facts.peak_writes_per_s.is_none()
            && facts.trusted_accounts.is_empty();
        if says_nothing {
            self.error(
                path,
                "declares nothing: give it owner, service, data_class, rpo, rto, peak or trusted_accounts",
            );
        }
        facts
    }

    fn overrides(&mut self, files: Vec<OverrideFile>) -> Vec<Override> {
        let files = files.into_iter().enumerate();
        files
            .map(|(index, file)| self.an_override(&format!("overrides.{index}"), file))
            .collect()
    }

    fn an_override(&mut self, path: &str, file: OverrideFile) -> Override {
        let at = |key: &str| format!("{path}.{key}");
        let place = Where {
            tables: self.some_names(&at("tables"), file.tables.as_ref()),
            patterns: file.tables.clone().unwrap_or_default(),
            tags: self.tags(&at("tags"), file.tags),
            environments: self.environments(&at("environments"), file.environments),
            tiers: self.list(&at("tiers"), file.tiers),
            accounts: self.list(&at("accounts"), file.accounts),
            regions: self.list(&at("regions"), file.regions),
        };
        for (index, tier) in place.tiers.iter().enumerate() {
            self.tier(&format!("{path}.tiers.{index}"), tier);
        }
        self.accounts(&at("accounts"), &place.accounts);
        self.regions(&at("regions"), &place.regions);
        if place.words().is_empty() {
            self.error(
                path,
                "is about no place: give it tables, tags, environments, tiers, accounts or regions; what holds everywhere stands under rules",
            );
        }
        if file.rules.is_empty() {
            self.error(path, "sets nothing: name rules under its rules");
        }
        let because = self.because(&at("because"), file.because);
        Override {
            place,
            rules: self.rules(&at("rules"), file.rules, because.as_ref()),
            origin: origin(&self.spans, path),
        }
    }

    fn rules(
        &mut self,
        key: &str,
        files: BTreeMap<String, RuleFile>,
        because: Option<&String>,
    ) -> Vec<RuleSetting> {
        let mut settings = Vec::new();
        for (name, file) in files {
            let path = format!("{key}.{name}");
            let own = self.because(&format!("{path}.because"), file.because);
            let because = own.or_else(|| because.cloned());
            if file.level.is_none() && file.params.is_empty() {
                let message = format!("nothing is set of \"{name}\": give it a level or params");
                self.key_error(&path, message);
            }
            if file.level.as_deref() == Some("off") && because.is_none() {
                self.without_reason(&path, &name);
            }
            let params = file.params.into_iter().map(|(param, tree)| {
                let placed = self.placed(format!("{path}.params.{param}"), tree);
                (param, placed)
            });
            settings.push(RuleSetting {
                params: params.collect(),
                level: file
                    .level
                    .map(|it| self.placed(format!("{path}.level"), it)),
                rule: self.placed(path, name),
                because,
            });
        }
        settings
    }

    fn scope(&mut self, files: BTreeMap<String, ScopeFile>) -> Vec<OutOfScope> {
        let mut scope = Vec::new();
        for (name, file) in files {
            let path = format!("scope.{name}");
            if file.level != "off" {
                let message = format!("\"{}\" is no level of a scope: only off is", file.level);
                self.error(&format!("{path}.level"), message);
            }
            let because = self.because(&format!("{path}.because"), file.because);
            if because.is_none() {
                self.without_reason(&path, &name);
            }
            scope.push(OutOfScope {
                name: self.placed(path, name),
                because: because.unwrap_or_default(),
            });
        }
        scope
    }

    fn without_reason(&mut self, path: &str, name: &str) {
        let message = format!("\"{name}\" is turned off without a reason");
        let hint = "say why: because: \"…\"".to_owned();
        self.hinted(&format!("{path}.level"), message, Some(hint));
    }

    fn gate(&mut self, file: GateFile) -> GateDefaults {
        let max_age = self.duration("gate.max_age".to_owned(), file.max_age);
        GateDefaults {
            fail_on: file
                .fail_on
                .map(|it| self.placed("gate.fail_on".to_owned(), it)),
            allow_unknown: file.allow_unknown,
            allow_empty: file.allow_empty,
            max_age: max_age.map(|it| Duration::from_secs_f64(it.value)),
            strict_waivers: file.strict_waivers,
        }
    }

    fn outputs(&self, files: Vec<String>) -> Vec<Placed<String>> {
        let files = files.into_iter().enumerate();
        files
            .map(|(index, file)| self.placed(format!("output.{index}"), file))
            .collect()
    }

    fn identity(&mut self, file: IdentityFile) -> Option<Identity> {
        match (file.tag, file.logical_id) {
            (Some(tag), None) if !tag.trim().is_empty() => Some(Identity::Tag(tag)),
            (None, Some(true)) => Some(Identity::LogicalId),
            (Some(_) | None, _) => {
                self.error("identity", "expected tag: KEY, or logical_id: true");
                None
            }
        }
    }

    /// The folders, which the file names from its own.
    fn folders(&mut self, key: &str, folders: Option<Vec<String>>) -> Option<Vec<PathBuf>> {
        let folders = folders?;
        for (index, folder) in folders.iter().enumerate() {
            if folder.trim().is_empty() {
                self.error(&format!("{key}.{index}"), "the name of a folder is empty");
            }
        }
        let own = Path::new(self.spans.file()).parent();
        let own = own.unwrap_or(Path::new(""));
        Some(folders.iter().map(|folder| own.join(folder)).collect())
    }

    fn tier(&mut self, path: &str, tier: &str) {
        if !TIERS.contains(&tier) {
            let message = format!("unknown tier \"{tier}\"");
            self.hinted(path, message, did_you_mean(tier, TIERS));
        }
    }

    /// Where the file declares environments, others than these and the usual words are mistakes.
    fn environments(&mut self, path: &str, names: Option<Vec<String>>) -> Vec<String> {
        let names = self.list(path, names);
        let names: Vec<String> = names.iter().map(|name| environment_word(name)).collect();
        let usual = ["prod", "stg", "preprod", "pre-prod"];
        for (index, name) in names.iter().enumerate() {
            let known = self.environments.iter().map(String::as_str);
            let is_known = known
                .chain(NOT_PRODUCTION)
                .chain(usual)
                .any(|known| known == name);
            if !self.environments.is_empty() && !is_known {
                let near = yaml::nearest(name, self.environments.iter().map(String::as_str));
                let declare = "declare it under environments";
                let hint = match near {
                    Some(near) => format!("did you mean \"{near}\"? If not, {declare}"),
                    None => declare.to_owned(),
                };
                let message = format!("no environment is named \"{name}\"");
                self.hinted(&format!("{path}.{index}"), message, Some(hint));
            }
        }
        names
    }

    fn accounts(&mut self, path: &str, accounts: &[String]) {
        for (index, account) in accounts.iter().enumerate() {
            if !is_account(account) {
                let message = format!("\"{account}\" is no account id: twelve digits");
                self.error(&format!("{path}.{index}"), message);
            }
        }
    }

    fn regions(&mut self, path: &str, regions: &[String]) {
        for (index, region) in regions.iter().enumerate() {
            if !is_region(region) {
                let message = format!("\"{region}\" is no region: as in eu-west-1");
                self.error(&format!("{path}.{index}"), message);
            }
        }
    }

    /// A list that has to have something in it where it is given.
    fn list(&mut self, path: &str, list: Option<Vec<String>>) -> Vec<String> {
        if list.as_ref().is_some_and(Vec::is_empty) {
            self.error(path, "is empty, so nothing would match");
        }
        list.unwrap_or_default()
    }

    fn tags(
        &mut self,
        path: &str,
        tags: Option<BTreeMap<String, Vec<String>>>,
    ) -> BTreeMap<String, Vec<String>> {
        let values = tags.iter().flatten().map(|(_, values)| values);
        if tags.as_ref().is_some_and(BTreeMap::is_empty) || values.into_iter().any(Vec::is_empty) {
            self.error(path, "is empty, so nothing would match");
        }
        tags.unwrap_or_default()
    }

    fn some_names(&mut self, path: &str, names: Option<&Vec<String>>) -> Option<GlobSet> {
        names.map(|names| self.names(path, names))
    }

    /// Patterns of tables' names, one at least.
    fn names(&mut self, path: &str, names: &[String]) -> GlobSet {
        if names.is_empty() {
            self.error(path, "is empty, so nothing would match");
        }
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                let message = "no table has an empty name: as in \"orders-*\"";
                self.error(&format!("{path}.{index}"), message);
            }
        }
        self.globs(path, names)
    }

    fn globs(&mut self, path: &str, patterns: &[String]) -> GlobSet {
        globs(patterns).unwrap_or_else(|(index, message)| {
            self.error(&format!("{path}.{index}"), message);
            GlobSet::empty()
        })
    }

    fn because(&mut self, path: &str, because: Option<String>) -> Option<String> {
        let because = because?;
        match because.trim() {
            "" => {
                self.error(path, "the reason is empty");
                None
            }
            because => Some(because.to_owned()),
        }
    }

    fn text(&mut self, path: String, text: Option<String>) -> Option<Placed<String>> {
        let text = text?;
        if text.trim().is_empty() {
            self.error(&path, "is empty: leave it out where nothing is declared");
        }
        Some(self.placed(path, text.trim().to_owned()))
    }

    fn duration(&mut self, path: String, text: Option<String>) -> Option<Placed<f64>> {
        let text = text?;
        let Some(seconds) = duration::seconds(&text) else {
            let message = format!("\"{text}\" is no duration: as in 30s, 2h, 90d or \"35 days\"");
            self.error(&path, message);
            return None;
        };
        Some(self.placed(path, seconds as f64))
    }

    fn days(&mut self, path: &str, text: Option<String>) -> Option<u32> {
        let seconds = self.duration(path.to_owned(), text)?.value as u64;
        match (seconds % 86_400, u32::try_from(seconds / 86_400)) {
            (0, Ok(days)) => Some(days),
            (_, _) => {
                self.error(path, "expected whole days: as in 14d");
                None
            }
        }
    }

    fn rate(&mut self, path: String, rate: Option<f64>) -> Option<Placed<f64>> {
        let rate = rate?;
        if !rate.is_finite() || rate <= 0.0 {
            self.error(&path, format!("{rate} is no rate: units a second, above 0"));
        }
        Some(self.placed(path, rate))
    }

    fn placed<T>(&self, path: String, value: T) -> Placed<T> {
        let origin = origin(&self.spans, &path);
        Placed {
            value,
            path,
            origin,
        }
    }

    fn error(&mut self, path: &str, message: impl Into<String>) {
        self.hinted(path, message, None);
    }

    fn key_error(&mut self, path: &str, message: String) {
        let error = self.spans.key_error(path, message);
        self.errors.push(error);
    }

    fn hinted(&mut self, path: &str, message: impl Into<String>, hint: Option<String>) {
        let error = self.spans.error(path, message.into());
        self.errors.push(error.hinted(hint));
    }
}

fn lower(text: Placed<String>) -> Placed<String> {
    Placed {
        value: text.value.to_ascii_lowercase(),
        ..text
    }
}

/// The form of a region's name: `eu-west-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match parts.split_last() {
        Some((last, words)) if words.len() >= 2 => {
            let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
            is_number && words.iter().all(word)
        }
        Some(_) | None => false,
    }
}
