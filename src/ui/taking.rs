//! A file on its way into a tab: which place asks for one, where a file goes that does not fit the place it was
//! meant for, and that nothing good is given up for a file that cannot be used.

use super::places::{Kind, Place};
use super::{State, Tab};
use crate::draft::avatar_video::{Face, LocalFile, Source};
use crate::draft::realtime::Program;
use crate::draft::{Field, Product};

impl State {
    /// The place that Ctrl+O fills: what the shown tab still lacks, or else its first; on the first tab where the
    /// shown one takes no files.
    pub(super) fn wanted_place(&mut self) -> Place {
        let product = self.tab.product().unwrap_or_else(|| {
            self.tab = Tab::AvatarVideo;
            Product::AvatarVideo
        });
        let first = Place::first_of(product).unwrap_or(Place::new(Product::AvatarVideo, Field::Audio));
        let Some(form) = self.form_of(product) else { return first };
        let problems = form.composition_mut().problems();
        let lacking = problems.iter().map(|problem| Place::new(product, problem.field));
        // A face is usually one of the gallery.
        let mut lacking = lacking.filter(|place| !place.takes().is_empty() && !is_face(*place));
        lacking.next().unwrap_or(first)
    }

    /// Brings a file to its place. What is wrong with it stands beside an empty field; something good stays where
    /// it is, and the person is told.
    pub(super) fn take_file(&mut self, place: Place, file: LocalFile) {
        let place = self.better_place(place, &file).unwrap_or(place);
        let (product, field) = (place.product, place.field);
        let name = file.name();
        let kept = self.form_of(product).map(|form| form.draft());
        let is_good = self.is_filled(place) && self.problem_at(product, field).is_none();
        self.put_file(place, file);
        let after = self.problem_at(product, field).filter(|_| is_good);
        if let (Some(kept), Some(fault)) = (kept, after) {
            if let Some(form) = self.form_of(product) {
                form.set_draft(kept);
            }
            let fault = if fault.contains(&name) { fault } else { format!("{name}: {fault}") };
            self.bars.refused_files.push(format!("{fault} Nothing was changed."));
        }
    }

    /// Where a file goes whose kind the place does not take, but another of the tab does.
    fn better_place(&mut self, place: Place, file: &LocalFile) -> Option<Place> {
        let kind = file.media_type.as_deref().and_then(Kind::of_media_type)?;
        if place.takes().contains(&kind) {
            return None;
        }
        let mut others = Place::of_kind(kind, Some(place.product)).into_iter();
        let better = others.find(|other| other.product == place.product && file.fault.is_none())?;
        // A script or a face is not given up for a file that was meant for another place.
        let is_free = match place.product {
            Product::AvatarVideo | Product::AvatarCreation => self.problem_at(better.product, better.field).is_some(),
            _ => true,
        };
        is_free.then_some(better)
    }

    /// Whether something stands in a place that a file would take the place of, be it a script.
    fn is_filled(&self, place: Place) -> bool {
        match (place.product, place.field) {
            (Product::AvatarVideo, Field::Audio) => {
                let draft = &self.avatar_video.form.draft;
                draft.source == Source::Script || draft.audio.is_some()
            }
            (Product::AvatarVideo, Field::Look) => self.avatar_video.form.draft.face != Face::None,
            (Product::AvatarVideo, Field::Background) => true,
            (Product::Realtime, Field::Audio) => {
                let draft = &self.realtime.form.draft;
                draft.program != Program::Audio || draft.audio.is_some()
            }
            (Product::Translation, Field::Video) => self.translate.form.draft.video.is_some(),
            (Product::Translation, Field::Audio) => self.translate.form.draft.audio.is_some(),
            (Product::Translation, Field::Subtitles) => self.translate.form.draft.subtitles.is_some(),
            (Product::Lipsync, Field::Video) => self.lipsync.form.draft.video.is_some(),
            (Product::Lipsync, Field::Audio) => self.lipsync.form.draft.audio.is_some(),
            (Product::Clips, Field::Video) => self.clips.form.draft.video.is_some(),
            (Product::AvatarCreation, Field::Look) => self.avatars.form.draft.photo.is_some(),
            (Product::AvatarCreation, Field::Video) => self.avatars.form.draft.footage.is_some(),
            _ => false,
        }
    }

    /// What is wrong at a field of a tab now.
    fn problem_at(&mut self, product: Product, field: Field) -> Option<String> {
        let problems = self.form_of(product)?.composition_mut().problems();
        problems.into_iter().find(|problem| problem.field == field).map(|problem| problem.message)
    }

    fn put_file(&mut self, place: Place, file: LocalFile) {
        match Tab::of(place.product) {
            Tab::AvatarVideo => self.avatar_video.take_file(place.field, file),
            Tab::Cinematic => self.cinematic.take_file(place.field, file),
            Tab::VideoAgent => self.video_agent.take_file(place.field, file),
            Tab::HyperFrames => self.hyperframes.take_file(place.field, file),
            Tab::Realtime => self.realtime.take_file(place.field, file),
            Tab::Translate => self.translate.take_file(place.field, file),
            Tab::Lipsync => self.lipsync.take_file(place.field, file),
            Tab::Clips => self.clips.take_file(place.field, file),
            Tab::Speech => self.speech.take_file(place.field, file),
            Tab::Avatars => self.avatars.take_file(place.field, file),
            Tab::Library | Tab::Spend | Tab::Settings => {}
        }
    }
}

fn is_face(place: Place) -> bool {
    place == Place::new(Product::AvatarVideo, Field::Look)
}
