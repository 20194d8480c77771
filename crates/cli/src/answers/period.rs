//! Periods: closed once, and from then on the only thing that is shown (`features.md` 5.8).
//!
//! Whatever was added is in one period and no other. A period is made into tables when it is closed, and the
//! single sums are gone from then on: nobody can make another report of it, of a part of it, or of it and a few
//! more. What is too little to be shown is not lost, but counted with the next period.

use serde::{Deserialize, Serialize};
use stillroom_program::AnswersKind;

use super::figures::Figures;
use super::tables::{Fine, Population, Row, Table, Together};
use super::totals::{Asked, Item, OTHER_LANGUAGE, Totals, Version};

/// The smallest sum that is shown.
pub(super) const LEAST: u64 = 10;

/// A period that was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    /// What the program calls it.
    pub(super) name: String,
    /// What the relay counted.
    pub(super) figures: Figures,
    /// Who was asked before a chat, where there were enough.
    pub(super) questions: Option<Population>,
    /// Who was asked after one, where there were enough.
    pub(super) survey: Option<Population>,
}

impl Period {
    /// Those of one kind.
    pub(super) fn population(&self, kind: AnswersKind) -> Option<&Population> {
        match kind {
            AnswersKind::Questions => self.questions.as_ref(),
            AnswersKind::Survey => self.survey.as_ref(),
        }
    }

    /// Whether there is anything in it.
    fn is_empty(&self) -> bool {
        self.questions.is_none() && self.survey.is_none() && !self.figures.are_enough()
    }

    /// Several periods as one: sums of what each shows, and of nothing else, so that it shows no more than they do.
    /// What stands together in one of them stands together here.
    pub(super) fn together(name: &str, periods: &[Self]) -> Self {
        let of = |kind| {
            let all: Vec<_> = periods.iter().filter_map(|period| period.population(kind)).collect();
            (!all.is_empty()).then(|| populations(&all))
        };
        Self {
            name: name.to_owned(),
            figures: Figures::together(periods.iter().map(|period| period.figures)),
            questions: of(AnswersKind::Questions),
            survey: of(AnswersKind::Survey),
        }
    }
}

fn populations(all: &[&Population]) -> Population {
    let mut languages = Grid::default();
    all.iter().for_each(|each| languages.add(&[vec![String::new()]], &each.languages));
    let mut tables: Vec<(String, Grid)> = Vec::new();
    for table in all.iter().flat_map(|each| &each.tables) {
        // A question that had other answers in one of the periods is another one.
        let same = tables.iter_mut().find(|(ask, grid)| *ask == table.ask && grid.asks_as(table));
        match same {
            Some((_, grid)) => grid.add(&table.columns, &table.rows),
            None => {
                let mut grid = Grid::default();
                grid.add(&table.columns, &table.rows);
                tables.push((table.ask.clone(), grid));
            }
        }
    }
    let table = |(ask, grid): (String, Grid)| Table {
        ask,
        columns: grid.columns.clone(),
        rows: grid.rows(),
    };
    Population { languages: languages.rows(), tables: tables.into_iter().map(table).collect() }
}

/// Sums of several tables, in rows and columns that each of them can be added to.
#[derive(Default)]
struct Grid {
    columns: Vec<Together>,
    languages: Vec<Together>,
    /// What was added: of which column and which languages.
    added: Vec<(Together, Together, u64)>,
}

impl Grid {
    /// Whether its answers are these, however they stand together; but for those who were not asked, which may be
    /// missing.
    fn asks_as(&self, table: &Table) -> bool {
        let answers = |columns: &[Together]| {
            let mut all: Vec<_> =
                columns.iter().flatten().filter(|each| *each != NOT_ASKED).cloned().collect();
            all.sort_unstable();
            all
        };
        answers(&self.columns) == answers(&table.columns)
    }

    fn add(&mut self, columns: &[Together], rows: &[Row]) {
        columns.iter().for_each(|labels| join(&mut self.columns, labels));
        for row in rows {
            join(&mut self.languages, &row.languages);
            for (column, sum) in columns.iter().zip(&row.sums) {
                self.added.push((column.clone(), row.languages.clone(), *sum));
            }
        }
    }

    fn rows(&self) -> Vec<Row> {
        let sum = |column: &Together, languages: &Together| {
            let inside =
                |part: &Together, whole: &Together| part.iter().all(|it| whole.contains(it));
            let cells = self.added.iter().filter(|(its_column, its_languages, _)| {
                inside(its_column, column) && inside(its_languages, languages)
            });
            cells.map(|(_, _, sum)| sum).sum()
        };
        let row = |languages: &Together| Row {
            languages: languages.clone(),
            sums: self.columns.iter().map(|column| sum(column, languages)).collect(),
        };
        self.languages.iter().map(row).collect()
    }
}

/// Puts these labels together, with all that one of them stands with already.
fn join(groups: &mut Vec<Together>, labels: &[String]) {
    let touches = |group: &Together| group.iter().any(|label| labels.contains(label));
    let place = groups.iter().position(touches).unwrap_or(groups.len());
    let (touched, mut others): (Vec<_>, Vec<_>) = groups.drain(..).partition(touches);
    let mut joined: Together = touched.into_iter().flatten().collect();
    for label in labels {
        if !joined.contains(label) {
            joined.push(label.clone());
        }
    }
    others.insert(place.min(others.len()), joined);
    *groups = others;
}

const NOT_ANSWERED: &str = "Not answered";
const NOT_ASKED: &str = "Was not asked";

impl Totals {
    /// Closes the period that is open under this name. Whether there was enough for one: where there was not,
    /// nothing has changed.
    pub(super) fn close_period(&mut self, name: &str) -> bool {
        let of = |kind| population(&self.versions.values().collect::<Vec<_>>(), kind);
        let period = Period {
            name: name.to_owned(),
            figures: self.counted.figures(),
            questions: of(AnswersKind::Questions),
            survey: of(AnswersKind::Survey),
        };
        if period.is_empty() {
            return false;
        }
        for kind in AnswersKind::ALL {
            if period.population(kind).is_some() {
                self.versions.values_mut().for_each(|version| version.forget(kind));
            }
        }
        self.counted.subtract(&period.figures);
        self.periods.push(period);
        true
    }
}

/// All who sent something of this kind, by language and by what they chose, whichever version of the policy asked.
fn population(versions: &[&Version], kind: AnswersKind) -> Option<Population> {
    let mut tags: Vec<&str> = versions
        .iter()
        .flat_map(|version| version.asked(kind).sent.keys().map(String::as_str))
        .collect();
    tags.sort_unstable();
    tags.dedup();
    let sent = |asked: &Asked, tag: &str| asked.sent.get(tag).copied().unwrap_or_default();
    let in_all = |tag: &&str| versions.iter().map(|version| sent(version.asked(kind), tag)).sum();
    let languages: Vec<(String, u64)> =
        tags.iter().map(|tag| (language(versions, tag), in_all(tag))).collect();
    let questions: Vec<Fine> = questions(versions, kind)
        .into_iter()
        .map(|item| fine(item, versions, kind, &tags))
        .collect();
    Population::of(&languages, &questions, LEAST)
}

/// What the versions ask, each once. Where there is only something to write, nobody has chosen anything.
fn questions<'a>(versions: &[&'a Version], kind: AnswersKind) -> Vec<&'a Item> {
    let mut questions: Vec<&Item> = Vec::new();
    for version in versions.iter().rev().filter(|version| !version.asked(kind).sent.is_empty()) {
        for item in &version.asked(kind).items {
            if !item.choices.is_empty() && !questions.iter().any(|other| other.asks_as(item)) {
                questions.push(item);
            }
        }
    }
    questions
}

/// Every sum of a question: each of those who sent something is in one of them, also who was not asked.
fn fine(question: &Item, versions: &[&Version], kind: AnswersKind, tags: &[&str]) -> Fine {
    let mut answers = question.choices.clone();
    answers.extend([NOT_ANSWERED, NOT_ASKED].map(str::to_owned));
    let mut cells = vec![vec![0; answers.len()]; tags.len()];
    for asked in versions.iter().map(|version| version.asked(kind)) {
        let item = asked.items.iter().find(|item| item.asks_as(question));
        for (row, tag) in cells.iter_mut().zip(tags) {
            match item.map(|item| item.chosen.get(*tag)) {
                // In the file nobody's choice comes first; in a table last.
                Some(Some(sums)) => {
                    let chosen = sums.iter().skip(1).chain(sums.first());
                    row.iter_mut().zip(chosen).for_each(|(sum, more)| *sum += more);
                }
                Some(None) => {}
                None => {
                    let sent = asked.sent.get(*tag).copied().unwrap_or_default();
                    row.iter_mut().rev().take(1).for_each(|sum| *sum += sent);
                }
            }
        }
    }
    // Where everybody was asked, which the policies show, there is nothing to say of it.
    if cells.iter().all(|row| row.last() == Some(&0)) {
        answers.pop();
        cells.iter_mut().for_each(|row| {
            row.pop();
        });
    }
    Fine { ask: question.ask.clone(), answers, cells }
}

fn language(versions: &[&Version], tag: &str) -> String {
    match tag {
        "" => "Not said".to_owned(),
        OTHER_LANGUAGE => "Another".to_owned(),
        tag => {
            let mut named = versions.iter().rev().filter_map(|version| version.languages.get(tag));
            named.next().cloned().unwrap_or_else(|| tag.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_program::{Answers, ItemAnswer, List, Policy, ReceivingKey, SAMPLE_POLICY};

    fn policy(version: u64) -> Policy {
        let key = ReceivingKey::from_bytes(&[7; 32]).public_key();
        let mut policy = Policy::from_toml(SAMPLE_POLICY).unwrap().with_report_key(&key);
        policy.terms.version = version;
        policy
    }

    fn answered(totals: &mut Totals, version: u64, count: u64, choice: u8) {
        let items = List::try_from(vec![ItemAnswer::chosen(choice)]).unwrap();
        for _ in 0..count {
            totals.add(&Answers {
                policy_version: version,
                kind: AnswersKind::Questions,
                language: "en".try_into().unwrap(),
                items: items.clone(),
            });
        }
    }

    fn totals() -> Totals {
        let mut totals = Totals::default();
        totals.remember(&policy(1));
        totals
    }

    fn first(totals: &Totals) -> (Vec<Together>, Vec<u64>) {
        let questions = totals.periods.last().and_then(|period| period.questions.as_ref());
        let table = &questions.unwrap().tables[0];
        (table.columns.clone(), table.sums())
    }

    #[test]
    fn fewer_than_ten_are_not_closed_and_come_with_the_next_period() {
        let mut totals = totals();
        answered(&mut totals, 1, 9, 1);
        assert!(!totals.close_period("spring") && totals.periods.is_empty());
        answered(&mut totals, 1, 1, 1);
        assert!(totals.close_period("spring"));
        assert_eq!(totals.periods[0].questions.as_ref().map(Population::people), Some(10));
        assert!(totals.periods[0].survey.is_none());
    }

    #[test]
    fn nothing_is_in_two_periods_and_what_was_closed_stays_as_it_was() {
        let mut totals = totals();
        answered(&mut totals, 1, 30, 1);
        totals.close_period("spring");
        let spring = totals.periods[0].clone();
        let asked = &totals.versions[&1].questions;
        assert!(asked.sent.is_empty() && asked.items.iter().all(|item| item.chosen.is_empty()));
        answered(&mut totals, 1, 11, 2);
        assert!(totals.close_period("summer"));
        assert_eq!(totals.periods[0], spring);
        assert_eq!(first(&totals).1, [11], "none of the thirty");
    }

    #[test]
    fn the_same_question_of_two_versions_is_one_and_one_who_was_not_asked_stands_with_others() {
        let mut totals = totals();
        totals.remember(&policy(2));
        let mut silent = policy(3);
        silent.page.questions = List::default();
        totals.remember(&silent);
        answered(&mut totals, 1, 12, 1);
        answered(&mut totals, 2, 9, 1);
        answered(&mut totals, 2, 12, 0);
        answered(&mut totals, 3, 1, 0);
        totals.close_period("spring");
        let questions = totals.periods[0].questions.as_ref().unwrap();
        assert_eq!(questions.tables.len(), 2);
        let (columns, sums) = first(&totals);
        assert_eq!(sums, [21, 13]);
        assert!(columns[1].iter().any(|label| label == NOT_ASKED));
        assert!(columns[1].iter().any(|label| label == NOT_ANSWERED));
    }

    #[test]
    fn periods_together_are_sums_of_what_each_shows_and_no_finer_than_any() {
        let mut totals = totals();
        answered(&mut totals, 1, 20, 1);
        answered(&mut totals, 1, 12, 2);
        answered(&mut totals, 1, 15, 3);
        totals.close_period("spring");
        answered(&mut totals, 1, 20, 1);
        answered(&mut totals, 1, 11, 2);
        answered(&mut totals, 1, 3, 3);
        totals.close_period("summer");
        let year = Period::together("year", &totals.periods);
        let table = &year.questions.as_ref().unwrap().tables[0];
        assert_eq!(table.sums().iter().sum::<u64>(), 81);
        assert_eq!(year.questions.as_ref().map(Population::people), Some(81));
        for period in &totals.periods {
            for column in &period.questions.as_ref().unwrap().tables[0].columns {
                let holding =
                    table.columns.iter().filter(|it| column.iter().all(|x| it.contains(x)));
                assert_eq!(holding.count(), 1, "{column:?} in {:?}", table.columns);
            }
        }
        assert!(table.sums().iter().all(|sum| *sum >= LEAST));
    }
}
