//! Draws a practice chat into the markup of `page.html` (`features.md` 5.5).
//!
//! The keyboard goes to what is new: a screen's heading, the survivor's first new message, the question. What a
//! trainee wrote is taken off the page before anything else is shown.

use stillroom_practice::{Choice, Debrief, NotWritten, Step, Story, Took};
use wasm_bindgen::JsCast;
use web_sys::{
    Document, DocumentFragment, Element, HtmlElement, HtmlTemplateElement, HtmlTextAreaElement,
};

/// Screens, one of which is shown.
const SCREENS: [&str; 3] = ["list", "story", "debrief"];

/// What stands in round brackets happens, and is not said.
const HAPPENS: char = '(';

/// The page's elements.
pub(crate) struct View {
    document: Document,
    texts: DocumentFragment,
    message: HtmlTextAreaElement,
}

impl View {
    /// `None` where something that this code needs is not in the page.
    pub(crate) fn new(document: Document) -> Option<Self> {
        Some(Self {
            texts: template(&document, "texts")?,
            message: document.get_element_by_id("message")?.dyn_into().ok()?,
            document,
        })
    }

    // The list.

    /// Lists the stories, and shows the list.
    pub(crate) fn list(&self, stories: &[&'static Story]) {
        for story in stories {
            if let Some(item) = self.append("stories", "of-story") {
                put(&item, ".story-title", &self.text(&story.title()));
                put(&item, ".story-about", &self.text(&story.about()));
                if let Some(button) = part(&item, "button") {
                    let _ = button.set_attribute("data-story", story.key);
                }
            }
        }
        self.show("list");
    }

    /// Shows the list again; the keyboard goes to the story that was open.
    pub(crate) fn show_list(&self, last: Option<&Story>) {
        self.clear();
        self.show("list");
        let key = last.map_or("", |story| story.key);
        let selector = ["[data-story=", key, "]"].concat();
        Self::focus(self.document.query_selector(&selector).ok().flatten());
    }

    // A story.

    /// Opens a story, nothing said yet.
    pub(crate) fn open(&self, story: &Story) {
        self.clear();
        self.set("title", &self.text(&story.title()));
        self.set("about", &self.text(&story.about()));
        self.show("story");
    }

    /// Puts the keyboard on the story's title.
    pub(crate) fn focus_on_title(&self) {
        Self::focus(self.element("title"));
    }

    /// What the survivor says at a step. Gives the first of it.
    pub(crate) fn say(&self, story: &Story, step: &Step) -> Option<Element> {
        let mut first = None;
        for name in story.says(step) {
            let item = self.append_said("messages", &self.text(&name));
            first = first.or(item);
        }
        first
    }

    /// Asks for an answer.
    pub(crate) fn ask_answer(&self) {
        self.show_if("ways", false);
        self.set("choices", "");
        self.show_if("answer", true);
    }

    /// What the trainee wrote.
    pub(crate) fn written(&self) -> String {
        self.message.value()
    }

    /// Puts an answer among what was said.
    pub(crate) fn show_answer(&self, answer: &str) {
        if let Some(item) = self.append("messages", "of-mine") {
            put(&item, ".words", answer.trim());
        }
        self.message.set_value("");
    }

    /// Asks which way is nearest to what was written.
    pub(crate) fn ask_way(&self, story: &Story, step: &Step) {
        self.show_if("answer", false);
        self.set("choices", "");
        for (choice, value) in values() {
            if let Some(item) = self.append("choices", "of-way") {
                put(&item, "span", &self.text(&story.way(step, choice)));
                if let Some(field) = part(&item, "input") {
                    let _ = field.set_attribute("value", value);
                }
            }
        }
        self.show_if("ways", true);
        Self::focus(self.element("nearest"));
    }

    /// The way that is chosen.
    pub(crate) fn chosen(&self) -> Option<Choice> {
        let field = self.document.query_selector("#choices :checked").ok().flatten()?;
        let chosen = field.get_attribute("value")?;
        values().find(|(_, value)| *value == chosen).map(|(choice, _)| choice)
    }

    /// Says what has to be mended in an answer, where the keyboard is.
    pub(crate) fn refuse_answer(&self, why: NotWritten) {
        let name = match why {
            NotWritten::Empty => "stories-empty",
            NotWritten::TooLong => "stories-too-long",
        };
        self.set("answer-said", &self.text(name));
        let _ = self.message.set_attribute("aria-invalid", "true");
        Self::focus(Some(self.message.clone().into()));
    }

    /// Says that no way is chosen.
    pub(crate) fn refuse_way(&self) {
        self.set("ways-said", &self.text("stories-none-chosen"));
        Self::focus(self.document.query_selector("#choices input").ok().flatten());
    }

    /// Takes back what was said to be mended.
    pub(crate) fn refuse_nothing(&self) {
        self.set("answer-said", "");
        self.set("ways-said", "");
        let _ = self.message.remove_attribute("aria-invalid");
    }

    // Looking back.

    /// Shows what there is to say about a walk through a story.
    pub(crate) fn look_back(&self, debrief: &Debrief) {
        self.clear();
        let story = debrief.story();
        self.set("debrief-title", &self.text(&story.title()));
        self.append_said("last", &self.text(&debrief.end()));
        self.took("well", debrief.went_well(), |took| self.went_well(story, took));
        self.took("missed", debrief.missed(), |took| self.missed(story, took));
        for ticked in debrief.checklist() {
            let kind = if ticked.done { "of-done" } else { "of-open" };
            if let Some(item) = self.append("checklist", kind) {
                put(&item, "span", &self.text(&ticked.item.text()));
            }
        }
        self.show("debrief");
        Self::focus(self.document.query_selector("#debrief h1").ok().flatten());
    }

    /// Draws each way that was taken, or says that there is none.
    fn took(&self, list: &str, all: impl Iterator<Item = Took>, draw: impl Fn(Took)) {
        let mut any = false;
        for took in all {
            draw(took);
            any = true;
        }
        self.show_if(&[list, "-none"].concat(), !any);
    }

    fn went_well(&self, story: &Story, took: Took) {
        if let Some(item) = self.append("well", "of-well") {
            self.put_reason(&item, story, took);
        }
    }

    fn missed(&self, story: &Story, took: Took) {
        if let Some(item) = self.append("missed", "of-missed") {
            self.put_reason(&item, story, took);
            if let Some(better) = took.better() {
                put(&item, ".better", &self.text(&story.way(took.step, better)));
            }
        }
    }

    fn put_reason(&self, item: &Element, story: &Story, took: Took) {
        put(item, ".way", &self.text(&story.way(took.step, took.choice)));
        put(item, ".why", &self.text(&story.why(took.step)));
        put(item, "cite", &self.text(&took.step.heading.text()));
    }

    // Texts and copies of markup.

    /// Takes off the page what belongs to a walk through a story.
    fn clear(&self) {
        self.message.set_value("");
        self.refuse_nothing();
        for id in ["messages", "choices", "last", "well", "missed", "checklist"] {
            self.set(id, "");
        }
    }

    /// Shows one screen.
    fn show(&self, screen: &str) {
        for other in SCREENS {
            self.show_if(other, other == screen);
        }
    }

    /// Puts what the survivor says, or what happens, at the end of a list.
    fn append_said(&self, list: &str, words: &str) -> Option<Element> {
        let kind = if words.starts_with(HAPPENS) { "of-note" } else { "of-message" };
        let item = self.append(list, kind)?;
        put(&item, ".words", words);
        Some(item)
    }

    fn append(&self, list: &str, kind: &str) -> Option<Element> {
        let list = self.element(list)?;
        let copy =
            template(&self.document, kind)?.first_element_child()?.clone_node_with_deep(true);
        let item: Element = copy.ok()?.dyn_into().ok()?;
        list.append_child(&item).ok()?;
        Some(item)
    }

    fn text(&self, name: &str) -> String {
        let selector = ["[data-text=", name, "]"].concat();
        let found = self.texts.query_selector(&selector).ok().flatten();
        found.and_then(|element| element.text_content()).unwrap_or_default()
    }

    fn element(&self, id: &str) -> Option<Element> {
        self.document.get_element_by_id(id)
    }

    fn set(&self, id: &str, words: &str) {
        if let Some(element) = self.element(id) {
            element.set_text_content(Some(words));
        }
    }

    fn show_if(&self, id: &str, shown: bool) {
        let Some(element) = self.element(id) else {
            return;
        };
        let _ = if shown {
            element.remove_attribute("hidden")
        } else {
            element.set_attribute("hidden", "")
        };
    }

    /// Puts the keyboard on this element.
    pub(crate) fn focus(element: Option<Element>) {
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    }
}

/// Each choice, and its value in the page.
fn values() -> impl Iterator<Item = (Choice, &'static str)> {
    Choice::ALL.into_iter().zip(["1", "2", "3"])
}

fn template(document: &Document, id: &str) -> Option<DocumentFragment> {
    Some(document.get_element_by_id(id)?.dyn_into::<HtmlTemplateElement>().ok()?.content())
}

fn part(item: &Element, selector: &str) -> Option<Element> {
    item.query_selector(selector).ok().flatten()
}

fn put(item: &Element, selector: &str, words: &str) {
    if let Some(part) = part(item, selector) {
        part.set_text_content(Some(words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../pages/practice/page.html");

    #[test]
    fn everything_that_is_drawn_or_shown_is_in_the_page() {
        let drawn = ["story", "message", "mine", "note", "way", "well", "missed", "done", "open"];
        for kind in drawn {
            assert!(PAGE.contains(&format!("<template id=\"of-{kind}\">")), "{kind}");
        }
        let kept_anew = ["messages", "choices", "last", "well", "missed", "checklist"];
        let others = ["title", "about", "answer", "ways", "nearest", "debrief-title", "stories"];
        let said = ["answer-said", "ways-said", "well-none", "missed-none"];
        for id in SCREENS.iter().chain(&kept_anew).chain(&others).chain(&said) {
            assert_eq!(PAGE.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
        }
        for text in ["stories-empty", "stories-too-long", "stories-none-chosen"] {
            assert!(PAGE.contains(&format!("data-text=\"{text}\"")), "{text}");
        }
    }

    #[test]
    fn each_choice_has_a_value_of_its_own() {
        assert_eq!(values().count(), Choice::ALL.len());
    }
}
