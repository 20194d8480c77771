//! Tables in which nobody stands alone, whatever they are held against (`features.md` 5.8).
//!
//! Nothing is left out of a table: what is too small to be shown is counted together with something else, until
//! every sum is of at least `least` people. All sums of a table then add up to all who are in it, so that there is
//! no hidden number that a total gives away. Groups of languages are made once for everybody and are the same, or
//! several of them together, in every table, so that no two tables differ by less than a group. Of what stands
//! together each part can be anything in a range that is at least `least` wide (the test at the end works it out);
//! whoever knows how the groups are made learns no more of a part than that it is small.

use serde::{Deserialize, Serialize};

/// What is counted together: one label, or several.
pub(super) type Together = Vec<String>;

/// People of one kind in one period, as they are published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Population {
    /// How many write in which languages.
    pub(super) languages: Vec<Row>,
    /// What they chose.
    pub(super) tables: Vec<Table>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) ask: String,
    /// The answers.
    pub(super) columns: Vec<Together>,
    /// By language, as many sums each as there are columns.
    pub(super) rows: Vec<Row>,
}

/// Sums of those who write in these languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) languages: Together,
    pub(super) sums: Vec<u64>,
}

/// A question with every sum, which nobody is shown.
pub(super) struct Fine {
    pub(super) ask: String,
    pub(super) answers: Vec<String>,
    /// For each language of the population, a sum for each answer.
    pub(super) cells: Vec<Vec<u64>>,
}

impl Population {
    /// All of them; nothing where they are fewer than `least`. Every language has its number of people, and each
    /// question counts each of them once.
    pub(super) fn of(languages: &[(String, u64)], questions: &[Fine], least: u64) -> Option<Self> {
        let parts = languages.iter().enumerate().map(|(at, (_, sum))| Part::of(at, vec![*sum]));
        let groups = pool(parts.collect(), least)?;
        let names = |places: &[usize]| names(places, |at| languages.get(at).map(|(name, _)| name));
        let tables = questions.iter().filter_map(|fine| fine.table(&groups, &names, least));
        let tables = tables.collect();
        let languages = groups.into_iter().map(|group| group.row(&names)).collect();
        Some(Self { languages, tables })
    }

    /// Whether every row has as many sums as there are columns.
    pub(super) fn is_sound(&self) -> bool {
        let fits = |rows: &[Row], columns| rows.iter().all(|row| row.sums.len() == columns);
        fits(&self.languages, 1)
            && self.tables.iter().all(|table| fits(&table.rows, table.columns.len()))
    }

    /// How many.
    pub(super) fn people(&self) -> u64 {
        self.languages.iter().flat_map(|row| &row.sums).sum()
    }
}

impl Fine {
    /// First the answers, so that there are enough of each in all languages together; then the languages.
    fn table(
        &self,
        groups: &[Part],
        names_of: &dyn Fn(&[usize]) -> Together,
        least: u64,
    ) -> Option<Table> {
        let in_all = |at| self.cells.iter().filter_map(|row| row.get(at)).sum();
        let parts = (0..self.answers.len()).map(|at| Part::of(at, vec![in_all(at)]));
        let answers = pool(parts.collect(), least)?;
        let row = |group: &Part| Part {
            places: group.places.clone(),
            sums: answers.iter().map(|answer| self.sum(&group.places, &answer.places)).collect(),
        };
        let rows = pool(groups.iter().map(row).collect(), least)?;
        Some(Table {
            ask: self.ask.clone(),
            columns: answers
                .iter()
                .map(|part| names(&part.places, |at| self.answers.get(at)))
                .collect(),
            rows: rows.into_iter().map(|part| part.row(names_of)).collect(),
        })
    }

    fn sum(&self, languages: &[usize], answers: &[usize]) -> u64 {
        let rows = languages.iter().filter_map(|at| self.cells.get(*at));
        rows.flat_map(|row| answers.iter().filter_map(|at| row.get(*at))).sum()
    }
}

impl Table {
    /// The sum of each column, in all languages.
    pub(super) fn sums(&self) -> Vec<u64> {
        let mut sums = vec![0; self.columns.len()];
        for row in &self.rows {
            sums.iter_mut().zip(&row.sums).for_each(|(sum, more)| *sum += more);
        }
        sums
    }
}

fn names<'a>(places: &[usize], name: impl Fn(usize) -> Option<&'a String>) -> Together {
    places.iter().filter_map(|at| name(*at).cloned()).collect()
}

/// Places of a line of sums that are counted together.
struct Part {
    places: Vec<usize>,
    sums: Vec<u64>,
}

impl Part {
    fn of(place: usize, sums: Vec<u64>) -> Self {
        Self { places: vec![place], sums }
    }

    fn is_enough(&self, least: u64) -> bool {
        self.sums.iter().all(|sum| *sum >= least)
    }

    fn people(&self) -> u64 {
        self.sums.iter().sum()
    }

    fn join(mut self, other: Self) -> Self {
        self.places.extend(other.places);
        self.places.sort_unstable();
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
        self
    }

    fn row(self, names: &dyn Fn(&[usize]) -> Together) -> Row {
        Row { languages: names(&self.places), sums: self.sums }
    }
}

/// Puts together all parts in which a sum is below `least`, and the smallest of the others with them until no sum
/// is. Nothing where even all together have too few.
fn pool(parts: Vec<Part>, least: u64) -> Option<Vec<Part>> {
    let (mut enough, few): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| part.is_enough(least));
    if let Some(mut pooled) = few.into_iter().reduce(Part::join) {
        while !pooled.is_enough(least) {
            let places = enough.iter().enumerate();
            let (smallest, _) = places.min_by_key(|(at, part)| (part.people(), *at))?;
            pooled = pooled.join(enough.remove(smallest));
        }
        enough.push(pooled);
    }
    enough.sort_by_key(|part| part.places.first().copied());
    (!enough.is_empty()).then_some(enough)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    const LANGUAGES: [&str; 4] = ["English", "Spanish", "French", "Not said"];

    /// What is published of these sums, one question.
    fn published(cells: &[Vec<u64>], least: u64) -> Option<Population> {
        let languages: Vec<_> = LANGUAGES
            .iter()
            .zip(cells)
            .map(|(name, row)| ((*name).to_owned(), row.iter().sum()))
            .collect();
        let answers = (0..cells[0].len()).map(|number| format!("answer {number}")).collect();
        let fine = Fine { ask: "How old?".to_owned(), answers, cells: cells.to_vec() };
        Population::of(&languages, &[fine], least)
    }

    /// The least and the most that a sum can be, for somebody who knows all that is published and nothing of how
    /// it was made. In each row of the table the groups of languages have the people that they have, and the
    /// columns the sums that they have, and that is all: so each cell can be as much as the smaller of the two,
    /// and as little as is left when everything else is full.
    fn range(published: &Population, language: &str, answer: &str) -> (u64, u64) {
        let holds = |labels: &[String], label: &str| labels.iter().any(|each| each == label);
        let [table] = &published.tables[..] else { panic!("one question") };
        let column = table.columns.iter().position(|it| holds(it, answer)).unwrap();
        let row = table.rows.iter().find(|row| holds(&row.languages, language)).unwrap();
        let group = published.languages.iter().find(|it| holds(&it.languages, language)).unwrap();
        let (people, sum) = (group.sums[0], row.sums[column]);
        let all: u64 = row.sums.iter().sum();
        let alone = group.languages.len() == 1 && table.columns[column].len() == 1;
        let least = if alone { (people + sum).saturating_sub(all) } else { 0 };
        (least, people.min(sum))
    }

    fn sums() -> impl Strategy<Value = Vec<Vec<u64>>> {
        let cell = prop_oneof![3 => 0..12_u64, 1 => 0..120_u64];
        (1..=4_usize, 1..=6_usize).prop_flat_map(move |(rows, columns)| {
            proptest::collection::vec(proptest::collection::vec(cell.clone(), columns), rows)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_sum_is_small_all_add_up_and_none_that_is_not_shown_can_be_worked_out(
            cells in sums(),
        ) {
            let all: u64 = cells.iter().flatten().sum();
            let Some(population) = published(&cells, 10) else {
                prop_assert!(all < 10, "left out, though there are enough");
                return Ok(());
            };
            prop_assert_eq!(population.people(), all);
            for table in &population.tables {
                prop_assert_eq!(table.sums().iter().sum::<u64>(), all);
                for sum in table.rows.iter().flat_map(|row| &row.sums).chain(&table.sums()) {
                    prop_assert!(*sum >= 10);
                }
            }
            for (language, row) in LANGUAGES.iter().zip(&cells) {
                for (number, cell) in row.iter().enumerate() {
                    let (least, most) = range(&population, language, &format!("answer {number}"));
                    prop_assert!((least..=most).contains(cell));
                    let is_shown = least == most;
                    prop_assert!(is_shown && *cell >= 10 || most - least >= 10, "{least} to {most}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn tables_differ_from_one_another_by_whole_groups_of_languages_and_never_by_fewer_than_ten(
            cells in sums(),
            split in 0..100_u64,
        ) {
            let people: Vec<u64> = cells.iter().map(|row| row.iter().sum()).collect();
            let languages: Vec<_> = LANGUAGES.iter().map(|it| (*it).to_owned()).zip(people.clone()).collect();
            let halves = people.iter().map(|sum| vec![sum * split / 100, sum - sum * split / 100]);
            let fine = |cells: Vec<Vec<u64>>| {
                let answers = (0..cells[0].len()).map(|number| format!("answer {number}")).collect();
                Fine { ask: "Which?".to_owned(), answers, cells }
            };
            let questions = [fine(cells.clone()), fine(halves.collect())];
            let Some(population) = Population::of(&languages, &questions, 10) else {
                return Ok(());
            };
            prop_assert_eq!(population.tables.len(), 2);
            for row in population.tables.iter().flat_map(|table| &table.rows) {
                let inside = |group: &&Row| group.languages.iter().all(|it| row.languages.contains(it));
                let groups: u64 =
                    population.languages.iter().filter(inside).flat_map(|group| &group.sums).sum();
                prop_assert_eq!(row.sums.iter().sum::<u64>(), groups, "no part of a group");
            }
        }
    }

    /// Whoever knows also how tables are made tries every set of answers that would have been published so.
    #[test]
    fn whoever_tries_all_answers_that_could_have_been_given_finds_nobody_alone() {
        let shapes = [(1, 3, 6_u64), (2, 2, 5), (3, 2, 3), (2, 3, 3)];
        for (rows, columns, most) in shapes {
            let mut candidates: BTreeMap<String, Vec<Vec<u64>>> = BTreeMap::new();
            let places = u32::try_from(rows * columns).unwrap();
            for number in 0..(most + 1).pow(places) {
                let digit = |place: u32| number / (most + 1).pow(place) % (most + 1);
                let flat: Vec<u64> = (0..places).map(digit).collect();
                let cells: Vec<Vec<u64>> = flat.chunks(columns).map(<[u64]>::to_vec).collect();
                if let Some(population) = published(&cells, 3) {
                    let report = serde_json::to_string(&population).unwrap();
                    candidates.entry(report).or_default().push(flat);
                }
            }
            for (report, candidates) in &candidates {
                // At the edge of what is tried the other candidates are missing.
                if candidates.iter().flatten().any(|cell| *cell == most) {
                    continue;
                }
                for place in 0..rows * columns {
                    let values: BTreeSet<u64> = candidates.iter().map(|each| each[place]).collect();
                    assert_ne!(values, BTreeSet::from([1]), "{report}: {candidates:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_large_enough_stands_by_itself_and_what_is_not_stands_together() {
        let cells = vec![vec![40, 12, 3, 8], vec![15, 20, 0, 11], vec![1, 1, 1, 1]];
        let population = published(&cells, 10).unwrap();
        let people: Vec<_> =
            population.languages.iter().map(|row| (&row.languages, row.sums[0])).collect();
        assert_eq!(people.len(), 2, "four people of one language are with the smallest other one");
        assert_eq!(people[0], (&vec!["English".to_owned()], 63));
        assert_eq!(people[1], (&vec!["Spanish".to_owned(), "French".to_owned()], 50));
        let table = &population.tables[0];
        let columns: Vec<_> = table.columns.iter().map(Vec::len).collect();
        assert_eq!(columns, [1, 1, 2], "the third answer is with the smallest other one");
        assert_eq!(table.rows[0].sums, [40, 12, 11]);
        assert_eq!(table.rows[1].sums, [16, 21, 13]);
    }
}
