//! Leads through a story: what is pressed goes to the core, and what comes of it to the view (`features.md` 5.5).

use core::mem;

use stillroom_practice::{Answering, Choosing, STORIES, Story, Turn};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event};

use crate::view::View;

/// What the page waits for.
enum Stage {
    /// That a story is chosen; also after one is over.
    Story,
    /// An answer in the trainee's own words.
    Answer(Answering),
    /// Which way is nearest to it.
    Way(Choosing),
}

/// The page, from the list of stories on.
pub(crate) struct Page {
    view: View,
    stage: Stage,
    /// The one that was begun last, for whoever wants it again.
    last: Option<&'static Story>,
}

impl Page {
    /// `None` where the page's markup is not what this code was made for.
    pub(crate) fn new(document: Document) -> Option<Self> {
        let view = View::new(document)?;
        view.list(&STORIES);
        Some(Self { view, stage: Stage::Story, last: None })
    }

    /// One event.
    pub(crate) fn handle(&mut self, event: &Event) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        match event.type_().as_str() {
            "click" => {
                if let Ok(Some(button)) = target.closest("button") {
                    self.press(&button);
                }
            }
            "submit" if target.id() == "answer" => self.write(),
            "submit" => self.choose(),
            "input" => self.view.refuse_nothing(),
            _ => {}
        }
    }

    fn press(&mut self, button: &Element) {
        match button.id().as_str() {
            "stop" | "another" => {
                self.stage = Stage::Story;
                self.view.show_list(self.last);
            }
            "same" => {
                if let Some(story) = self.last {
                    self.begin(story);
                }
            }
            _ => {
                let key = button.get_attribute("data-story").unwrap_or_default();
                if let Some(story) = STORIES.iter().find(|story| story.key == key) {
                    self.begin(story);
                }
            }
        }
    }

    fn begin(&mut self, story: &'static Story) {
        let at = Answering::begin(story);
        self.last = Some(story);
        self.view.open(story);
        self.view.say(story, at.step());
        self.view.ask_answer();
        self.stage = Stage::Answer(at);
        self.view.focus_on_title();
    }

    fn write(&mut self) {
        self.stage = match mem::replace(&mut self.stage, Stage::Story) {
            Stage::Answer(at) => {
                let answer = self.view.written();
                match at.write(&answer) {
                    Ok(choosing) => {
                        self.view.show_answer(&answer);
                        self.view.ask_way(choosing.story(), choosing.step());
                        Stage::Way(choosing)
                    }
                    Err((at, why)) => {
                        self.view.refuse_answer(why);
                        Stage::Answer(at)
                    }
                }
            }
            other => other,
        };
    }

    fn choose(&mut self) {
        self.stage = match mem::replace(&mut self.stage, Stage::Story) {
            Stage::Way(choosing) => match self.view.chosen() {
                Some(choice) => self.go_on(choosing.choose(choice)),
                None => {
                    self.view.refuse_way();
                    Stage::Way(choosing)
                }
            },
            other => other,
        };
    }

    fn go_on(&self, turn: Turn) -> Stage {
        match turn {
            Turn::On(at) => {
                let first = self.view.say(at.story(), at.step());
                self.view.ask_answer();
                View::focus(first);
                Stage::Answer(at)
            }
            Turn::Over(debrief) => {
                self.view.look_back(&debrief);
                Stage::Story
            }
        }
    }
}
