//! What is to be seen, as data.

use std::borrow::Cow;

use super::element::Element;
use super::rows::Row;

/// Something to be seen.
pub enum View {
    /// Nothing; its place is kept.
    Nothing,
    /// A text.
    Text(Cow<'static, str>),
    /// An element.
    Element(Element),
    /// Several, one behind the other.
    All(Vec<View>),
    /// What this gives, again whenever a signal that it read has changed.
    Live(Box<dyn FnMut() -> View>),
    /// A row for each thing of a list (see [`super::rows`]).
    Rows(Box<dyn FnMut() -> Vec<Row>>),
}

/// What can be seen.
pub trait IntoView: Sized {
    /// As data.
    fn into_view(self) -> View;

    /// As data: what the branches of a choice have in common.
    fn into_any(self) -> View {
        self.into_view()
    }
}

impl IntoView for View {
    fn into_view(self) -> View {
        self
    }
}

impl IntoView for Element {
    fn into_view(self) -> View {
        View::Element(self)
    }
}

impl IntoView for () {
    fn into_view(self) -> View {
        View::Nothing
    }
}

impl IntoView for &'static str {
    fn into_view(self) -> View {
        View::Text(self.into())
    }
}

impl IntoView for String {
    fn into_view(self) -> View {
        View::Text(self.into())
    }
}

impl<V: IntoView> IntoView for Option<V> {
    fn into_view(self) -> View {
        self.map_or(View::Nothing, V::into_view)
    }
}

impl<V: IntoView> IntoView for Vec<V> {
    fn into_view(self) -> View {
        self.collect_view()
    }
}

impl<V: IntoView, F: FnMut() -> V + 'static> IntoView for F {
    fn into_view(mut self) -> View {
        View::Live(Box::new(move || self().into_view()))
    }
}

/// A list that can be seen.
pub trait CollectView {
    /// One view of all.
    fn collect_view(self) -> View;
}

impl<V: IntoView, I: IntoIterator<Item = V>> CollectView for I {
    fn collect_view(self) -> View {
        View::All(self.into_iter().map(V::into_view).collect())
    }
}

/// Several views beside each other in a tuple.
macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: IntoView),+> IntoView for ($($name,)+) {
            fn into_view(self) -> View {
                #[allow(non_snake_case, reason = "the names of the types name the values as well")]
                let ($($name,)+) = self;
                View::All(vec![$($name.into_view()),+])
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
