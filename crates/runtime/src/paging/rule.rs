//! The ways in which services cut lists into pages.

/// How to get from one page to the next. Pointers are JSON pointers (RFC 6901) into the reply.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    pub(super) form: Form,
    pub(super) param: &'static str,
    pub(super) items: &'static str,
    /// Where the reply tells whether more follows; empty where it does not.
    pub(super) more: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Count on by what came, or as the URL or number at `next` says.
    Offset { limit_param: &'static str, next: &'static str },
    /// Count pages from `first`, up to the number at `last`, or as `next` says.
    Page { first: u64, last: &'static str, next: &'static str },
    /// Send back what stands at `next`.
    Cursor { next: &'static str },
    /// Send back the last entry's field.
    LastItem { field: &'static str },
    /// Ask for what is older than the oldest entry.
    DateBackwards { field: &'static str },
}

impl Paging {
    /// `offset` and `limit`; `next` points to the URL (or the offset) of the next page, null on the last.
    /// With an empty `next` the walk counts entries, and ends at an empty page.
    #[must_use]
    pub const fn offset(
        param: &'static str,
        limit_param: &'static str,
        next: &'static str,
        items: &'static str,
    ) -> Self {
        Self { form: Form::Offset { limit_param, next }, param, items, more: "" }
    }

    /// A page number. See [`last`](Self::last) and [`next`](Self::next); with neither the walk ends at an empty page.
    #[must_use]
    pub const fn page(param: &'static str, items: &'static str) -> Self {
        Self { form: Form::Page { first: 1, last: "", next: "" }, param, items, more: "" }
    }

    /// The number of the first page, where that is not 1.
    #[must_use]
    pub const fn first(self, first: u64) -> Self {
        match self.form {
            Form::Page { last, next, .. } => {
                Self { form: Form::Page { first, last, next }, ..self }
            }
            _ => self,
        }
    }

    /// Where the reply tells the number of the last page.
    #[must_use]
    pub const fn last(self, pointer: &'static str) -> Self {
        match self.form {
            Form::Page { first, next, .. } => {
                Self { form: Form::Page { first, last: pointer, next }, ..self }
            }
            _ => self,
        }
    }

    /// Where the reply tells the next page, as a number or a URL; null on the last page.
    #[must_use]
    pub const fn next(self, pointer: &'static str) -> Self {
        match self.form {
            Form::Page { first, last, .. } => {
                Self { form: Form::Page { first, last, next: pointer }, ..self }
            }
            _ => self,
        }
    }

    /// A cursor: what stands at `next` is sent back. Null, or nothing there, ends the walk.
    #[must_use]
    pub const fn cursor(param: &'static str, next: &'static str, items: &'static str) -> Self {
        Self { form: Form::Cursor { next }, param, items, more: "" }
    }

    /// A marker: the same as a cursor, under the name that some services give it.
    #[must_use]
    pub const fn marker(param: &'static str, next: &'static str, items: &'static str) -> Self {
        Self::cursor(param, next, items)
    }

    /// The last entry's `field` is where the next page starts. See [`more`](Self::more); without it the walk ends at an
    /// empty page.
    #[must_use]
    pub const fn last_item(param: &'static str, items: &'static str, field: &'static str) -> Self {
        Self { form: Form::LastItem { field }, param, items, more: "" }
    }

    /// A date as the cursor of a walk backwards in time: the next page ends at the oldest entry's `field`.
    /// Entries that come twice at the seam are given once by `items()`.
    #[must_use]
    pub const fn date_backwards(
        param: &'static str,
        items: &'static str,
        field: &'static str,
    ) -> Self {
        Self { form: Form::DateBackwards { field }, param, items, more: "" }
    }

    /// Where the reply tells whether there is more. `false` ends the walk without another request; `true` where nothing
    /// leads on is an error, and no end.
    #[must_use]
    pub const fn more(self, pointer: &'static str) -> Self {
        Self { more: pointer, ..self }
    }
}
