//! The drafts of the forms as they are kept: told of when they change, and put back after a start. Where they
//! are kept is the app's.

use super::form::{Form, Told, is_untouched};
use crate::draft::{Composition, Draft, Product};

/// What is kept of a tab.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptDraft {
    /// What is composed on it.
    pub draft: Draft,
    /// What that took the place of, of the same product, where it can be put back.
    pub former: Option<Draft>,
}

/// A form whose draft is kept, whatever its product is.
pub(super) trait Keeping {
    fn product(&self) -> Product;

    fn composition_mut(&mut self) -> &mut dyn Composition;

    fn draft(&self) -> Draft;

    /// Takes a draft of this product as it is, with nothing else of the form changed.
    fn set_draft(&mut self, draft: Draft);

    /// Books what is booked to the project of this name to another; the empty name is no project.
    fn rename_project(&mut self, name: &str, renamed: &str);

    /// What is to be kept, where it is another than when this was last asked.
    fn changed(&mut self) -> Option<KeptDraft>;

    /// Takes what was kept, where nothing is composed yet.
    fn restore(&mut self, kept: KeptDraft);

    /// Takes a draft in the place of the present one, which can be put back.
    fn bring(&mut self, draft: Draft);

    /// Takes the files of a draft that were looked at again, as far as they are still on the form.
    fn look_again(&mut self, before: Draft, after: Draft);
}

impl<D> Keeping for Form<D>
where
    D: Composition + Clone + Default + PartialEq + Into<Draft> + TryFrom<Draft>,
{
    fn product(&self) -> Product {
        self.draft.product()
    }

    fn composition_mut(&mut self) -> &mut dyn Composition {
        &mut self.draft
    }

    fn draft(&self) -> Draft {
        self.draft.clone().into()
    }

    fn set_draft(&mut self, draft: Draft) {
        if let Ok(draft) = D::try_from(draft) {
            self.draft = draft;
        }
    }

    fn rename_project(&mut self, name: &str, renamed: &str) {
        for draft in std::iter::once(&mut self.draft).chain(self.former.as_deref_mut()) {
            if draft.project() == name {
                draft.set_project(renamed.to_owned());
            }
        }
    }

    fn changed(&mut self) -> Option<KeptDraft> {
        let is_told = match &self.told {
            Some(told) => told.draft == self.draft && told.former == self.former,
            None => self.former.is_none() && is_untouched(&self.draft),
        };
        if is_told {
            return None;
        }
        self.told = Some(Box::new(Told { draft: self.draft.clone(), former: self.former.clone() }));
        let former = self.former.as_deref().cloned().map(Into::into);
        Some(KeptDraft { draft: self.draft.clone().into(), former })
    }

    fn restore(&mut self, kept: KeptDraft) {
        let Ok(draft) = D::try_from(kept.draft) else { return };
        if is_untouched(&self.draft) {
            self.load(draft);
            self.former = kept.former.and_then(|former| D::try_from(former).ok()).map(Box::new);
            self.told = Some(Box::new(Told { draft: self.draft.clone(), former: self.former.clone() }));
        }
    }

    fn bring(&mut self, draft: Draft) {
        if let Ok(draft) = D::try_from(draft) {
            self.replace(draft);
        }
    }

    fn look_again(&mut self, mut before: Draft, mut after: Draft) {
        let (before, after) = (before.composition_mut().files_mut(), after.composition_mut().files_mut());
        for (before, after) in before.into_iter().zip(after) {
            for file in self.draft.files_mut() {
                if *file == *before {
                    *file = after.clone();
                }
            }
        }
    }
}
