//! An element that is drawn, for whoever has to ask it something.

use std::marker::PhantomData;

use reactive_graph::owner::LocalStorage;
use reactive_graph::signal::RwSignal;
use reactive_graph::traits::{Get, GetUntracked, Set};
use wasm_bindgen::JsCast;

/// An element, once it is there.
pub struct NodeRef<E> {
    node: RwSignal<Option<web_sys::Element>, LocalStorage>,
    kind: PhantomData<fn() -> E>,
}

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E: JsCast> NodeRef<E> {
    /// Of an element that is not there yet.
    #[expect(
        clippy::new_without_default,
        reason = "it belongs to whoever draws: nothing makes one by the way"
    )]
    pub fn new() -> Self {
        Self { node: RwSignal::new_local(None), kind: PhantomData }
    }

    /// The element; whoever asks is asked again when it changes.
    pub fn get(self) -> Option<E> {
        self.node.get().map(JsCast::unchecked_into)
    }

    /// The element now.
    pub fn get_untracked(self) -> Option<E> {
        self.node.get_untracked().map(JsCast::unchecked_into)
    }

    pub(super) fn load(self, element: &web_sys::Element) {
        self.node.set(Some(element.clone()));
    }
}
