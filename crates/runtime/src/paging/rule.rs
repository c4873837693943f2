//! The ways in which services cut lists into pages.

/// How to get from one page to the next. Pointers are JSON pointers (RFC 6901) into the reply.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    pub(super) form: Form,
    pub(super) param: &'static str,
    pub(super) items: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Count on by what came, or as the URL or number at `next` says.
    Offset { limit_param: &'static str, next: &'static str },
    /// Count pages, up to the number at `last`, or as `next` says.
    Page { last: &'static str, next: &'static str },
    /// Send back what stands at `next`.
    Cursor { next: &'static str },
    /// Ask for what is older than the oldest entry.
    DateBackwards { field: &'static str, more: &'static str },
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
        Self { form: Form::Offset { limit_param, next }, param, items }
    }

    /// A page number. See [`last`](Self::last) and [`next`](Self::next); with neither the walk ends at an empty page.
    #[must_use]
    pub const fn page(param: &'static str, items: &'static str) -> Self {
        Self { form: Form::Page { last: "", next: "" }, param, items }
    }

    /// Where the reply tells the number of the last page.
    #[must_use]
    pub const fn last(self, pointer: &'static str) -> Self {
        match self.form {
            Form::Page { next, .. } => Self { form: Form::Page { last: pointer, next }, ..self },
            _ => self,
        }
    }

    /// Where the reply tells the next page, as a number or a URL; null on the last page.
    #[must_use]
    pub const fn next(self, pointer: &'static str) -> Self {
        match self.form {
            Form::Page { last, .. } => Self { form: Form::Page { last, next: pointer }, ..self },
            _ => self,
        }
    }

    /// A cursor: what stands at `next` is sent back. Null, or nothing there, ends the walk.
    #[must_use]
    pub const fn cursor(param: &'static str, next: &'static str, items: &'static str) -> Self {
        Self { form: Form::Cursor { next }, param, items }
    }

    /// A marker: the same as a cursor, under the name that some services give it.
    #[must_use]
    pub const fn marker(param: &'static str, next: &'static str, items: &'static str) -> Self {
        Self::cursor(param, next, items)
    }

    /// A date as the cursor of a walk backwards in time: the next page ends at the oldest entry's `field`.
    /// Entries that come twice at the seam are given once by `items()`.
    #[must_use]
    pub const fn date_backwards(
        param: &'static str,
        items: &'static str,
        field: &'static str,
    ) -> Self {
        Self { form: Form::DateBackwards { field, more: "" }, param, items }
    }

    /// Where the reply of a walk by date tells whether there is more; `false` ends the walk without another request.
    #[must_use]
    pub const fn more(self, pointer: &'static str) -> Self {
        match self.form {
            Form::DateBackwards { field, .. } => {
                Self { form: Form::DateBackwards { field, more: pointer }, ..self }
            }
            _ => self,
        }
    }
}
