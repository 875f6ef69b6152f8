//! From sections to a header, and to the log data that is to be read.

use std::ops::Range;

use outcrop_types::{Issue, Severity, Unit};

use super::encoding::{Decoder, Source};
use super::item;
use super::naming::{curve_headers, index_type};
use super::number::header_number;
use super::report::Report;
use super::section::{self, Kind, RawSection, base_name};
use super::{CurveHeader, Delimiter, HeaderItem, IndexType, LasError, LasHeader, Section, Version};

/// Log data found, not read yet.
pub(super) struct RawSet {
    pub title: String,
    pub line: u64,
    pub body: Range<usize>,
    pub headers: Vec<CurveHeader>,
    pub parameters: Vec<HeaderItem>,
}

/// The header and where the log data is.
pub(super) struct Assembled {
    pub header: LasHeader,
    pub sets: Vec<RawSet>,
    pub decoder: Decoder,
}

/// Reads all sections. With `stop`, only what stands before the first log data.
pub(super) fn assemble(source: &mut Source<'_>, stop: bool) -> Result<Assembled, LasError> {
    let first = first_section(source)?;
    let probe = section::split(&source.bytes, source.decoder(), true);
    let head_end = probe.iter().find(|s| s.kind == Kind::LogData).map_or(source.bytes.len(), |s| s.body.start);
    source.settle(head_end);
    let decoder = source.decoder();
    let bytes: &[u8] = &source.bytes;
    let mut sections = section::split(bytes, decoder, stop);
    let known = |k: Kind| !matches!(k, Kind::Unknown | Kind::Other | Kind::Data);
    if !sections.iter().any(|s| known(s.kind)) {
        return Err(first);
    }
    let mut builder = Builder::new(bytes, decoder);
    builder.preamble(sections.first().map_or(0, |s| s.start));
    if !stop {
        builder.adopt_unnamed(&mut sections);
    }
    let assembled = builder.build(&sections, source.name, stop);
    Ok(assembled)
}

/// The error to give if the bytes hold no section at all: what stands there instead.
fn first_section(source: &Source<'_>) -> Result<LasError, LasError> {
    let found = section::lines(&source.bytes, 1).find(|(_, l)| !l.trim_ascii().is_empty());
    let Some((line, text)) = found else { return Err(LasError::Empty) };
    let text =
        source.decoder().text(text.get(..text.len().min(240)).unwrap_or_default()).trim().chars().take(60).collect();
    Ok(LasError::NotLas { line, found: text })
}

struct Builder<'a> {
    bytes: &'a [u8],
    decoder: Decoder,
    issues: Vec<Issue>,
    report: Report,
}

impl<'a> Builder<'a> {
    fn new(bytes: &'a [u8], decoder: Decoder) -> Self {
        Builder { bytes, decoder, issues: Vec::new(), report: Report::default() }
    }

    fn warn(&mut self, code: &str, message: String, line: u64) {
        let issue = Issue::warning(code, message);
        self.issues.push(if line > 0 { issue.at_line(line) } else { issue });
    }

    /// Text before the first section that is not a comment is no part of the standard.
    fn preamble(&mut self, end: usize) {
        let head = self.bytes.get(..end).unwrap_or_default();
        let odd = section::lines(head, 1)
            .find(|(_, l)| !l.trim_ascii().is_empty() && !l.trim_ascii_start().starts_with(b"#"));
        if let Some((line, _)) = odd {
            self.warn(
                "text-before-sections",
                "text stands before the first ~ section; it is kept in the header text and not read".into(),
                line,
            );
        }
    }

    /// A section without a name behind ~Curve, whose rows have one number for each curve, is log data whose `A` is missing.
    fn adopt_unnamed(&mut self, sections: &mut [RawSection]) {
        if sections.iter().any(|s| s.kind == Kind::LogData) {
            return;
        }
        let Some(curves) = sections.iter().find(|s| s.kind == Kind::Curve) else { return };
        let count = self.items(curves, Kind::Curve).len();
        let bytes = self.bytes;
        let Some(data) = sections.iter_mut().rev().find(|s| s.kind == Kind::Unknown && s.name.is_empty()) else {
            return;
        };
        let first = section::lines(bytes.get(data.body.clone()).unwrap_or_default(), 0)
            .map(|(_, l)| l.trim_ascii())
            .find(|l| !l.is_empty() && !l.starts_with(b"#"))
            .unwrap_or_default();
        let mut fields = Vec::new();
        section::split_fields(first, Delimiter::Space, &mut fields);
        if count > 0
            && fields.len() == count
            && fields.iter().all(|f| matches!(super::number::parse(f, false), super::number::Value::Number(_)))
        {
            data.kind = Kind::LogData;
            let (title, line) = (data.title.trim().to_owned(), data.line);
            self.warn(
                "unnamed-data-section",
                format!("the section `~ {title}` has no name; its rows have one number for each of the {count} curves, so it is read as ~A"),
                line,
            );
        }
    }

    fn text(&self, range: &Range<usize>) -> String {
        self.decoder.text(self.bytes.get(range.clone()).unwrap_or_default()).into_owned()
    }

    /// The items of a section's lines.
    fn items(&mut self, section: &RawSection, kind: Kind) -> Vec<HeaderItem> {
        let mut items = Vec::new();
        let body = self.bytes.get(section.body.clone()).unwrap_or_default();
        for (line, raw) in section::lines(body, section.line + 1) {
            let text = self.decoder.text(raw);
            let trimmed = text.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            match item::parse(trimmed, line, kind) {
                Some(mut parsed) => {
                    if !parsed.colon {
                        let taken = without_colon(&mut parsed.item, kind);
                        self.report.note(Severity::Warning, "header-line-no-colon", None, line, || {
                            format!("~{}: the line has no colon between value and description; {taken}", section.name)
                        });
                    }
                    items.push(parsed.item);
                }
                None => self.report.note(Severity::Warning, "header-line-unread", None, line, || {
                    format!("~{}: `{}` is not of the form MNEM.UNIT VALUE : DESCRIPTION; it is kept in the header text only", section.name, shorten(trimmed))
                }),
            }
        }
        items
    }

    fn build(mut self, sections: &[RawSection], encoding: &'static str, stop: bool) -> Assembled {
        let data_count = sections.iter().filter(|s| s.kind == Kind::LogData).count();
        let mut version_items = Vec::new();
        let mut well: Vec<HeaderItem> = Vec::new();
        let mut other = String::new();
        let mut sets: Vec<RawSet> = Vec::new();
        let mut curves: Vec<HeaderItem> = Vec::new();
        let mut named: Vec<(String, Vec<HeaderItem>)> = Vec::new();
        let mut parameters: Vec<HeaderItem> = Vec::new();
        let mut first_parameters: Option<Vec<HeaderItem>> = None;
        let mut seen: Vec<Kind> = Vec::new();
        let mut fresh = true;
        for s in sections {
            if matches!(s.kind, Kind::Version | Kind::Well) {
                if seen.contains(&s.kind) {
                    self.warn(
                        "section-repeated",
                        format!("~{} appears again; items not seen before are added, others must agree", s.name),
                        s.line,
                    );
                }
                seen.push(s.kind);
            }
            match s.kind {
                Kind::Version => version_items.extend(self.items(s, s.kind)),
                Kind::Well => {
                    let items = self.items(s, s.kind);
                    self.merge_well(&mut well, items);
                }
                Kind::Curve => {
                    let items = self.items(s, s.kind);
                    named.push((base_key(&s.name), items.clone()));
                    if fresh {
                        curves = self.merge_curves(std::mem::take(&mut curves), items, s);
                    } else {
                        curves = items;
                    }
                    fresh = true;
                }
                Kind::Parameter => parameters.extend(self.items(s, s.kind)),
                Kind::Other => other.push_str(&self.text(&s.body)),
                Kind::LogData => {
                    let mut list = curves.clone();
                    if let Some(wanted) = &s.association
                        && let Some((_, items)) = named.iter().find(|(name, _)| *name == base_key(wanted))
                    {
                        list.clone_from(items);
                    }
                    if list.is_empty() {
                        // Sections may come in any order: a ~Curve behind the only ~A.
                        let later: Vec<&RawSection> =
                            sections.iter().filter(|c| c.kind == Kind::Curve && c.start > s.start).collect();
                        if let (1, [only]) = (data_count, later.as_slice()) {
                            list = self.items(only, Kind::Curve);
                        }
                    }
                    let own = std::mem::take(&mut parameters);
                    if first_parameters.is_none() {
                        first_parameters = Some(own.clone());
                    }
                    sets.push(RawSet {
                        title: s.title.clone(),
                        line: s.line,
                        body: s.body.clone(),
                        headers: curve_headers(&list),
                        parameters: own,
                    });
                    fresh = false;
                }
                _ => {}
            }
        }
        // Parameters behind the last data belong to the only data there is.
        let mut all_parameters = first_parameters.unwrap_or_default();
        if sets.len() <= 1 || !parameters.is_empty() {
            all_parameters.extend(parameters);
        }
        let headers = sets.first().map_or_else(|| curve_headers(&curves), |s| s.headers.clone());
        self.repeated_names(&headers);

        let (version, version_text) = self.version(&version_items, &well);
        self.swap_well(&mut well, version);
        let find =
            |items: &[HeaderItem], name: &str| items.iter().find(|i| i.mnemonic.eq_ignore_ascii_case(name)).cloned();
        let wrapped = find(&version_items, "WRAP").is_some_and(|i| i.value.to_ascii_uppercase().starts_with('Y'));
        let delimiter = self.delimiter(find(&version_items, "DLM"));
        let null = self.null(find(&well, "NULL"), seen.contains(&Kind::Well));
        let number = |name: &str| find(&well, name).and_then(|i| header_number(&i.value));
        let text_end = sections.iter().find(|s| s.kind == Kind::LogData).map_or(self.bytes.len(), |s| s.body.start);
        let others = self.other_sections(sections, delimiter);
        self.missing(sections, stop);
        let index_type = self.index(&headers, &well);
        let issues = std::mem::take(&mut self.report).issues(&[]);
        self.issues.extend(issues);
        let header = LasHeader {
            version,
            version_text,
            wrapped,
            delimiter,
            encoding,
            null,
            start: number("STRT"),
            stop: number("STOP"),
            step: number("STEP"),
            well,
            parameters: all_parameters,
            curves: headers,
            other,
            sections: others,
            text: self.text(&(0..text_end)),
            index_type,
            complete: !sets.is_empty(),
            issues: self.issues,
        };
        Assembled { header, sets, decoder: self.decoder }
    }

    fn merge_well(&mut self, well: &mut Vec<HeaderItem>, items: Vec<HeaderItem>) {
        if well.is_empty() {
            *well = items;
            return;
        }
        for item in items {
            match well.iter().find(|i| i.mnemonic.eq_ignore_ascii_case(&item.mnemonic)) {
                None => well.push(item),
                Some(old) if old.value == item.value && old.description == item.description => {}
                Some(old) => {
                    let message =
                        format!("~Well gives {} again with another value; line {} is used", item.mnemonic, old.line);
                    self.warn("header-item-conflict", message, item.line);
                }
            }
        }
    }

    /// A second ~Curve before the data: the same again, more curves, or a replacement.
    fn merge_curves(&mut self, old: Vec<HeaderItem>, new: Vec<HeaderItem>, section: &RawSection) -> Vec<HeaderItem> {
        if old.is_empty() {
            return new;
        }
        let same = |a: &HeaderItem, b: &HeaderItem| a.mnemonic.eq_ignore_ascii_case(&b.mnemonic);
        let (message, result) = if old.len() == new.len() && old.iter().zip(&new).all(|(a, b)| same(a, b)) {
            ("the same curves; one list is used", new)
        } else if new.iter().any(|n| old.iter().any(|o| same(o, n))) {
            ("other curves, some of the same names; the later list is used", new)
        } else {
            ("further curves; they are appended", old.into_iter().chain(new).collect())
        };
        self.warn(
            "section-repeated",
            format!("~{} appears again before the data, with {message}", section.name),
            section.line,
        );
        result
    }

    fn repeated_names(&mut self, headers: &[CurveHeader]) {
        for h in headers {
            if h.mnemonic.is_empty() {
                self.issues.push(
                    Issue::warning(
                        "mnemonic-missing",
                        "the curve has no mnemonic; it is named after its place among such",
                    )
                    .at_line(h.line)
                    .about(&h.name),
                );
            } else if !h.name.eq_ignore_ascii_case(&h.mnemonic) {
                self.issues.push(
                    Issue::warning(
                        "mnemonic-repeated",
                        format!("several curves are called {}; this one is named {}", h.mnemonic, h.name),
                    )
                    .at_line(h.line)
                    .about(&h.name),
                );
            }
        }
    }

    fn version(&mut self, items: &[HeaderItem], well: &[HeaderItem]) -> (Version, String) {
        let item = items.iter().find(|i| i.mnemonic.eq_ignore_ascii_case("VERS"));
        let text = item.map(|i| i.value.split_whitespace().next().unwrap_or_default().to_owned()).unwrap_or_default();
        let version = match header_number(&text) {
            Some(v) if (1.0..2.0).contains(&v) => Version::V12,
            Some(v) if (2.0..3.0).contains(&v) => Version::V20,
            Some(v) if (3.0..4.0).contains(&v) => Version::V30,
            _ => Version::Unknown,
        };
        if version == Version::Unknown {
            let layout = if well.iter().any(|i| {
                label_of(&i.mnemonic).is_some_and(|l| l.eq_ignore_ascii_case(&i.value)) && !i.description.is_empty()
            }) {
                "1.2: ~Well has the values behind the colon"
            } else {
                "2.0"
            };
            let found =
                item.map_or("has no VERS in ~Version".to_owned(), |i| format!("gives the version as `{}`", i.value));
            self.warn(
                "version-unknown",
                format!("the file {found}; expected 1.2, 2.0 or 3.0. It is read as {layout}"),
                item.map_or(0, |i| i.line),
            );
        }
        (version, text)
    }

    /// LAS 1.2 puts descriptions before the colon and values behind it, save for STRT, STOP, STEP and NULL; not every file keeps to its version.
    fn swap_well(&mut self, well: &mut [HeaderItem], version: Version) {
        for item in well {
            if ["STRT", "STOP", "STEP", "NULL"].iter().any(|n| item.mnemonic.eq_ignore_ascii_case(n)) {
                continue;
            }
            let label = label_of(&item.mnemonic);
            let is_label = |text: &str| label.is_some_and(|l| l.eq_ignore_ascii_case(text.trim()));
            let swap = match version {
                Version::V12 => !is_label(&item.description) || is_label(&item.value),
                _ => is_label(&item.value) && !item.description.is_empty() && !is_label(&item.description),
            };
            let usual = version == Version::V12;
            if swap {
                std::mem::swap(&mut item.value, &mut item.description);
            }
            if swap != usual {
                let message = format!(
                    "{} has its value on the other side of the colon than this version of LAS; `{}` is taken as the value",
                    item.mnemonic,
                    shorten(&item.value)
                );
                self.report.note(Severity::Info, "well-item-swapped", None, item.line, || message);
            }
        }
    }

    fn delimiter(&mut self, item: Option<HeaderItem>) -> Delimiter {
        let Some(item) = item else { return Delimiter::Space };
        match item.value.to_ascii_uppercase().as_str() {
            "" | "SPACE" | "WHITESPACE" => Delimiter::Space,
            "TAB" => Delimiter::Tab,
            "COMMA" | "," => Delimiter::Comma,
            "SEMICOLON" | ";" => Delimiter::Semicolon,
            other => {
                let message = format!(
                    "DLM is `{}`; expected SPACE, TAB or COMMA. It is taken as SPACE unless the data say otherwise",
                    shorten(other)
                );
                self.warn("delimiter-unknown", message, item.line);
                Delimiter::Space
            }
        }
    }

    fn null(&mut self, item: Option<HeaderItem>, has_well: bool) -> Option<f64> {
        let null = item.as_ref().and_then(|i| header_number(&i.value));
        if null.is_none() {
            let found = match &item {
                Some(i) if !i.value.is_empty() => format!("NULL is `{}`, not a number", shorten(&i.value)),
                Some(_) => "NULL has no value".to_owned(),
                None if has_well => "~Well has no NULL".to_owned(),
                None => "there is no ~Well section with a NULL".to_owned(),
            };
            self.warn("null-missing", format!("{found}: no number is taken for null. If the data use one (such as -999.25), give it in the options"), item.map_or(0, |i| i.line));
        }
        null
    }

    fn missing(&mut self, sections: &[RawSection], stop: bool) {
        let has = |k: Kind| sections.iter().any(|s| s.kind == k);
        let ends = has(Kind::LogData) || !stop;
        for (kind, name, what) in [
            (
                Kind::Version,
                "~Version",
                "version, wrapping and delimiter are not told; LAS 2.0, unwrapped, blanks are assumed",
            ),
            (Kind::Well, "~Well", "the well, its identifiers, the null value and the depth range are not told"),
            (Kind::Curve, "~Curve", "the names and units of the columns are not told"),
        ] {
            let other_data = sections.iter().any(|s| s.kind == Kind::Definition);
            if ends && !has(kind) && !(kind == Kind::Curve && other_data) {
                self.warn("section-missing", format!("there is no {name} section: {what}"), 0);
            }
        }
    }

    /// The index's type, and whether its unit agrees with STRT, STOP and STEP.
    fn index(&mut self, headers: &[CurveHeader], well: &[HeaderItem]) -> IndexType {
        let Some(index) = headers.first() else { return IndexType::Other };
        let unit = index.unit.as_deref().and_then(Unit::parse);
        if index.unit.is_none() {
            self.issues.push(
                Issue::warning("index-unit-missing", "the index curve has no unit; none is assumed")
                    .at_line(index.line)
                    .about(&index.name),
            );
        }
        let mut other: Vec<&HeaderItem> = Vec::new();
        for name in ["STRT", "STOP", "STEP"] {
            let Some(item) = well.iter().find(|i| i.mnemonic.eq_ignore_ascii_case(name)) else { continue };
            let (Some(a), Some(b)) = (&item.unit, &index.unit) else { continue };
            let same = match (Unit::parse(a), unit) {
                (Some(x), Some(y)) => x == y,
                _ => a.eq_ignore_ascii_case(b),
            };
            if !same {
                other.push(item);
            }
        }
        if let Some(first) = other.first() {
            let items: Vec<String> = other
                .iter()
                .map(|i| format!("{} in `{}`", i.mnemonic, i.unit.as_deref().unwrap_or_default()))
                .collect();
            let message = format!(
                "~Well gives {} but the index curve is in `{}`; nothing is converted, find out which is right before using the depths",
                items.join(", "),
                index.unit.as_deref().unwrap_or_default()
            );
            self.issues.push(Issue::warning("index-unit-mismatch", message).at_line(first.line).about(&index.name));
        }
        index_type(index)
    }

    fn other_sections(&mut self, sections: &[RawSection], delimiter: Delimiter) -> Vec<Section> {
        let generic = |k: Kind| matches!(k, Kind::Definition | Kind::GenericParameter | Kind::Data | Kind::Unknown);
        let mut result: Vec<Section> = Vec::new();
        for s in sections.iter().filter(|s| generic(s.kind)) {
            let items = if matches!(s.kind, Kind::Definition | Kind::GenericParameter) {
                self.items(s, s.kind)
            } else {
                Vec::new()
            };
            result.push(Section {
                title: s.title.clone(),
                name: s.name.clone(),
                association: s.association.clone(),
                items,
                columns: Vec::new(),
                text: self.text(&s.body),
                delimiter,
                line: s.line,
            });
        }
        let definitions: Vec<(String, Vec<HeaderItem>)> = result
            .iter()
            .filter(|s| base_name(&s.name).contains("_definition"))
            .map(|s| (s.name.to_ascii_lowercase(), s.items.clone()))
            .collect();
        for s in result.iter_mut().filter(|s| s.items.is_empty()) {
            let wanted = match &s.association {
                Some(a) => a.to_ascii_lowercase(),
                None => format!("{}_definition", s.name.to_ascii_lowercase().replace("_data", "")),
            };
            let by_base = || definitions.iter().find(|(n, _)| base_name(n) == base_name(&wanted));
            if let Some((_, items)) = definitions.iter().find(|(n, _)| *n == wanted).or_else(by_base) {
                s.columns.clone_from(items);
            }
        }
        result
    }
}

/// Tells the value from the description of a line without a colon, as far as that can be done, and says what was taken as
/// what. What is only the item's own description is no value, and an identifier of a well has a digit in it.
fn without_colon(item: &mut HeaderItem, kind: Kind) -> &'static str {
    if !item.description.is_empty() {
        return "the value ends at two tabs, the description follows";
    }
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let label = label_of(&item.mnemonic).is_some_and(|l| l.eq_ignore_ascii_case(&words(&item.value)));
    let identifier = ["UWI", "API"].iter().any(|n| item.mnemonic.eq_ignore_ascii_case(n));
    let not_one = identifier && !item.value.contains(|c: char| c.is_ascii_digit());
    if kind == Kind::Well && !item.value.is_empty() && (label || not_one) {
        item.description = words(&std::mem::take(&mut item.value));
        return "all of it is taken as the description, as it is no value";
    }
    "all of it is taken as the value"
}

/// The name a log definition is found by: with its number, in lower case.
fn base_key(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The descriptions LAS 1.2 prescribes for ~Well.
fn label_of(mnemonic: &str) -> Option<&'static str> {
    const LABELS: &[(&str, &str)] = &[
        ("COMP", "COMPANY"),
        ("WELL", "WELL"),
        ("FLD", "FIELD"),
        ("LOC", "LOCATION"),
        ("PROV", "PROVINCE"),
        ("CNTY", "COUNTY"),
        ("STAT", "STATE"),
        ("CTRY", "COUNTRY"),
        ("SRVC", "SERVICE COMPANY"),
        ("DATE", "LOG DATE"),
        ("UWI", "UNIQUE WELL ID"),
        ("API", "API NUMBER"),
    ];
    LABELS.iter().find(|(m, _)| m.eq_ignore_ascii_case(mnemonic)).map(|(_, label)| *label)
}
