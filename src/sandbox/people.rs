//! Everybody the account can see: the cast, and the looks and voices that were made here.
//!
//! A made look says by its job how far it is; nothing about its progress is kept twice. Looks of the
//! cast that are the account's own can be renamed and deleted: what was done to them is kept beside.

use serde::{Deserialize, Serialize};

use super::cast::{self, CastLook, CastVoice};
use super::server::State;
use super::wire::Refusal;
use super::world::{self, Failure, Product, World, WorldError};
use crate::draft::{AvatarType, Engine};

/// Kinds of records.
pub(super) const LOOKS: &str = "look";
pub(super) const GROUPS: &str = "avatar_group";
pub(super) const VOICES: &str = "voice";
/// Changes of the cast: [`Change`] by a look's or voice's id.
pub(super) const CHANGES: &str = "cast_change";
/// Consents given, by group.
pub(super) const CONSENTS: &str = "consent";
/// Consents asked for and not given yet, by group: [`Question`].
pub(super) const QUESTIONS: &str = "consent_question";

/// Unix milliseconds since when the cast has been there.
const CAST_SINCE: i64 = 1_780_000_000_000;

/// A look, of the cast or made here.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub id: String,
    pub name: String,
    pub group_id: String,
    pub avatar_type: AvatarType,
    pub default_voice_id: Option<String>,
    pub gender: Option<String>,
    pub engines: Vec<Engine>,
    pub orientation: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    pub tags: Vec<String>,
    pub seed: u64,
    /// The results file a film of this look shows; `None` for drawn people.
    pub picture: Option<String>,
    /// The results file of the portrait; `None` for the cast.
    pub portrait: Option<String>,
    pub status: &'static str,
    pub failure: Option<Failure>,
    pub own: bool,
    pub of_the_cast: bool,
}

/// A look that was made here, as it is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct MadeLook {
    pub id: String,
    pub name: String,
    pub group_id: String,
    pub avatar_type: AvatarType,
    /// The job that makes it.
    pub job_id: String,
    pub width: u32,
    pub height: u32,
    pub seed: u64,
    /// Whether the picture it was made from is shown in its films.
    pub has_picture: bool,
}

/// A group that was made here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct MadeGroup {
    pub id: String,
    pub name: String,
    pub created_at: i64,
}

/// What was done to somebody of the cast.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Change {
    pub name: Option<String>,
    pub gone: bool,
}

/// A person was asked on a page whether there may be a twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Question {
    /// Unix milliseconds.
    pub asked_at: i64,
    /// The person said no.
    pub refused: bool,
}

/// A group as the interface shows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub id: String,
    pub name: String,
    pub created_at: i64,
    /// Whether somebody agreed.
    pub consent: bool,
    /// What was asked last, where nobody agreed.
    pub question: Option<Question>,
    /// At least one.
    pub looks: Vec<Look>,
}

/// A voice, of the cast or made here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Voice {
    pub id: String,
    pub name: String,
    pub language: String,
    pub gender: String,
    pub supports_pause: bool,
    pub supports_locale: bool,
    pub own: bool,
    pub of_the_cast: bool,
    pub created_at: Option<i64>,
    /// Can be used from then on, Unix milliseconds.
    pub ready_at: i64,
}

impl Look {
    /// Whether it has matting: everybody but twins, whose footage was taken wherever they were.
    pub fn can_be_cut_out(&self) -> bool {
        self.of_the_cast || self.avatar_type != AvatarType::DigitalTwin
    }
}

impl Voice {
    /// Whether the Starfish engine speaks with it; see [`CastVoice::is_on_starfish`].
    pub fn is_on_starfish(&self) -> bool {
        self.supports_pause
    }
}

impl MadeLook {
    /// The results file of its portrait.
    pub fn portrait_file(&self) -> String {
        format!("portrait-{}.png", self.id)
    }

    /// The results file of its picture.
    pub fn picture_file(&self) -> String {
        format!("picture-{}.png", self.id)
    }

    fn shown(&self, world: &World) -> Result<Look, WorldError> {
        let job = world.job(Product::Avatar, &self.job_id)?;
        let consent: Option<i64> = world.kept(CONSENTS, &self.group_id)?;
        let is_twin = self.avatar_type == AvatarType::DigitalTwin;
        Ok(match job.map(|job| job.state) {
            Some(world::State::Running) => self.shown_as("processing", None),
            Some(world::State::Failed { failure, .. }) => self.shown_as("failed", Some(failure)),
            _ if is_twin && consent.is_none() => self.shown_as("pending_consent", None),
            _ => self.shown_as("completed", None),
        })
    }

    /// This look at a status.
    pub fn shown_as(&self, status: &'static str, failure: Option<Failure>) -> Look {
        let is_drawn = matches!(status, "completed" | "pending_consent");
        let engines: &[Engine] = match self.avatar_type {
            AvatarType::DigitalTwin => &[Engine::AvatarIii, Engine::AvatarIv, Engine::AvatarV],
            AvatarType::PhotoAvatar | AvatarType::StudioAvatar => &[Engine::AvatarIv],
        };
        Look {
            id: self.id.clone(),
            name: self.name.clone(),
            group_id: self.group_id.clone(),
            avatar_type: self.avatar_type,
            default_voice_id: None,
            gender: None,
            engines: engines.to_vec(),
            orientation: match self.width.cmp(&self.height) {
                std::cmp::Ordering::Greater => "landscape",
                std::cmp::Ordering::Less => "portrait",
                std::cmp::Ordering::Equal => "square",
            },
            width: self.width,
            height: self.height,
            tags: Vec::new(),
            seed: self.seed,
            picture: (self.has_picture && is_drawn).then(|| self.picture_file()),
            portrait: is_drawn.then(|| self.portrait_file()),
            status,
            failure,
            own: true,
            of_the_cast: false,
        }
    }
}

fn from_cast(look: &CastLook, change: Change, consent: bool) -> Look {
    let failure = (look.status == "failed").then(|| Failure {
        code: "training_failed".to_owned(),
        message: "The training of this look failed.".to_owned(),
    });
    Look {
        id: look.id.to_owned(),
        name: change.name.unwrap_or_else(|| look.name.to_owned()),
        group_id: look.group_id.to_owned(),
        avatar_type: look.avatar_type,
        default_voice_id: look.default_voice_id.map(str::to_owned),
        gender: Some(look.gender.to_owned()),
        engines: look.engines.to_vec(),
        orientation: look.orientation,
        width: look.width,
        height: look.height,
        tags: look.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        seed: look.seed,
        picture: None,
        portrait: None,
        status: if look.status == "pending_consent" && consent { "completed" } else { look.status },
        failure,
        own: look.own,
        of_the_cast: true,
    }
}

/// All looks: the cast, then what was made here, oldest first.
pub(super) fn all_looks(world: &World) -> Result<Vec<Look>, WorldError> {
    let mut looks = Vec::new();
    for look in cast::looks() {
        // Only the account's own can change.
        let (change, consent) = if look.own {
            let change: Option<Change> = world.kept(CHANGES, look.id)?;
            (change.unwrap_or_default(), world.kept::<i64>(CONSENTS, look.group_id)?.is_some())
        } else {
            (Change::default(), false)
        };
        if !change.gone {
            looks.push(from_cast(look, change, consent));
        }
    }
    for made in world.all_kept::<MadeLook>(LOOKS)? {
        looks.push(made.shown(world)?);
    }
    Ok(looks)
}

/// All groups, in the order of their first looks.
pub(super) fn all_groups(world: &World, looks: Vec<Look>) -> Result<Vec<Group>, WorldError> {
    let mut groups: Vec<Group> = Vec::new();
    for look in looks {
        if let Some(group) = groups.iter_mut().find(|group| group.id == look.group_id) {
            group.looks.push(look);
            continue;
        }
        let made: Option<MadeGroup> = world.kept(GROUPS, &look.group_id)?;
        let consent = world.kept::<i64>(CONSENTS, &look.group_id)?.is_some();
        let (name, created_at) = match made {
            Some(made) => (made.name, made.created_at),
            None => (own_name(&look.name).to_owned(), CAST_SINCE),
        };
        let question = world.kept(QUESTIONS, &look.group_id)?;
        groups.push(Group { id: look.group_id.clone(), name, created_at, consent, question, looks: vec![look] });
    }
    Ok(groups)
}

/// The person's own name: "Daria" of "Daria in the office".
fn own_name(name: &str) -> &str {
    name.split([' ', ',', '·']).next().unwrap_or(name)
}

/// All looks that no fault hides.
pub(super) async fn visible_looks(state: &State) -> Result<Vec<Look>, Refusal> {
    let mut looks = state.world(|world| all_looks(world)).await?;
    looks.retain(|look| !state.faults.hides_look(&look.id));
    Ok(looks)
}

/// The look with this id, unless it has vanished.
pub(super) async fn look(state: &State, id: &str) -> Result<Option<Look>, Refusal> {
    Ok(visible_looks(state).await?.into_iter().find(|look| look.id == id))
}

/// A look that can be used, or why not; `param` is the field that names it.
pub(super) async fn usable_look(state: &State, id: &str, param: &str) -> Result<Look, Refusal> {
    let look = look(state, id)
        .await?
        .ok_or_else(|| Refusal::not_found(format!("There is no avatar look “{id}”.")).about(param))?;
    if look.status != "completed" {
        let message = format!("The look “{}” is not ready: {}.", look.id, look.status);
        return Err(Refusal::invalid(param, message));
    }
    Ok(look)
}

fn voice_from_cast(voice: &CastVoice) -> Voice {
    Voice {
        id: voice.id.to_owned(),
        name: voice.name.to_owned(),
        language: voice.language.to_owned(),
        gender: voice.gender.to_owned(),
        supports_pause: voice.supports_pause,
        supports_locale: voice.supports_locale,
        own: voice.own,
        of_the_cast: true,
        created_at: None,
        ready_at: 0,
    }
}

/// All voices: the cast, then what was made here, oldest first.
pub(super) async fn voices(state: &State) -> Result<Vec<Voice>, Refusal> {
    state
        .world(|world| {
            let mut voices = Vec::new();
            for voice in cast::voices() {
                let change: Option<Change> = if voice.own { world.kept(CHANGES, voice.id)? } else { None };
                if !change.is_some_and(|change| change.gone) {
                    voices.push(voice_from_cast(voice));
                }
            }
            voices.extend(world.all_kept::<Voice>(VOICES)?);
            Ok(voices)
        })
        .await
}

/// The voice with this id.
pub(super) async fn voice(state: &State, id: &str) -> Result<Option<Voice>, Refusal> {
    Ok(voices(state).await?.into_iter().find(|voice| voice.id == id))
}

/// A voice that can speak now, or why not; `param` is the field that names it.
pub(super) async fn usable_voice(state: &State, id: &str, param: &str) -> Result<Voice, Refusal> {
    let voice =
        voice(state, id).await?.ok_or_else(|| Refusal::not_found(format!("There is no voice “{id}”.")).about(param))?;
    if voice.ready_at > state.clock.now() {
        return Err(Refusal::invalid(param, format!("The voice “{}” is still being made.", voice.name)));
    }
    Ok(voice)
}

/// A number that a text always gives again: FNV-1a.
pub(super) fn seed_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
