//! What is not to be forgotten in a chat: which items there are, and which of them the pages know to be done
//! (`features.md` 2.1, 2.2, 3.10).

use stillroom_program::Checklist;

/// One item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    /// Whether they are safe was asked.
    Safety,
    /// Their rights and the limits were told.
    Rights,
    /// Which platform this is was told.
    Platform,
    /// What happens at the end was told.
    Ending,
    /// A line of the program's own, by its place.
    Own(usize),
}

/// All items, in the order in which they are best done.
pub(crate) fn items(checklist: &Checklist) -> Vec<Item> {
    let own = (0..checklist.own.len()).map(Item::Own);
    [Item::Safety, Item::Rights, Item::Platform, Item::Ending].into_iter().chain(own).collect()
}

/// Whether the program said this by itself: all the opening messages that tell it are among the first `shown`.
pub(crate) fn is_told(item: Item, checklist: &Checklist, shown: usize) -> bool {
    let told_by = match item {
        Item::Rights => &checklist.rights,
        Item::Platform => &checklist.platform,
        Item::Ending => &checklist.ending,
        Item::Safety | Item::Own(_) => return false,
    };
    !told_by.is_empty() && told_by.iter().all(|number| usize::from(*number) <= shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opening_messages_tell_is_told_once_all_of_them_were_shown() {
        let checklist =
            Checklist { rights: vec![1, 2].try_into().unwrap(), ..Checklist::default() };
        assert!(!is_told(Item::Rights, &checklist, 0) && !is_told(Item::Rights, &checklist, 1));
        assert!(is_told(Item::Rights, &checklist, 2));
        assert!(!is_told(Item::Platform, &checklist, 6), "no opening message tells it");
        assert!(!is_told(Item::Safety, &checklist, 6));
    }

    #[test]
    fn the_programs_own_lines_come_last() {
        let own = vec!["a".try_into().unwrap(), "b".try_into().unwrap()];
        let checklist = Checklist { own: own.try_into().unwrap(), ..Checklist::default() };
        let items = items(&checklist);
        assert_eq!(items.len(), 6);
        assert_eq!(items[4..], [Item::Own(0), Item::Own(1)]);
    }
}
