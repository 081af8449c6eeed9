//! `/v3/avatars`: the groups and looks of the cast, and those that are made here.

use std::path::Path as FilePath;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{consent, files};
use crate::draft::AvatarType;
use crate::draft::billable::Creation;
use crate::money::Usd;
use crate::sandbox::inputs::{Input, open};
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::people::{self, Change, Group, Look, MadeGroup, MadeLook};
use crate::sandbox::server::State;
use crate::sandbox::signing::LASTS;
use crate::sandbox::studio::render_time;
use crate::sandbox::wire::avatar::{AvatarRequest, new_name};
use crate::sandbox::wire::{JsonBody, Query, Refusal};
use crate::sandbox::world::{self, Callback, Failure, Job, Kept, Made, Product, Purchase};
use crate::sandbox::{footage, price};

/// Bytes of a film that a twin is trained on (published limit).
const FILM_BYTES: u64 = 100_000_000;
/// Bytes of a photo (published limit).
const PHOTO_BYTES: u64 = 50_000_000;
/// A training takes as long as a film of so many seconds.
const TRAINING: u32 = 40;
const KINDS: &[(&str, AvatarType)] = &[
    ("studio_avatar", AvatarType::StudioAvatar),
    ("digital_twin", AvatarType::DigitalTwin),
    ("photo_avatar", AvatarType::PhotoAvatar),
];
/// Whether a look is the account's own.
const OWNERSHIP: &[(&str, bool)] = &[("public", false), ("private", true)];

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/avatars", get(list_groups).post(create))
        .route("/v3/avatars/looks", get(list_looks))
        .route("/v3/avatars/looks/{look_id}", get(show_look).patch(rename).delete(delete_look))
        .route("/v3/avatars/{group_id}", get(show_group).delete(delete_group))
        .merge(consent::keyed_routes())
}

/// A look to be made, as the world remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    look: MadeLook,
    creation: String,
    /// The file it is made from.
    from: Option<String>,
    fault: Option<Failure>,
}

async fn create(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, order).await
}

async fn order(
    state: State,
    body: Bytes,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let request = AvatarRequest::read(&body)?;
    let now = state.clock.now();
    let before = match &request.group_id {
        None => None,
        Some(id) => Some(own_group(&state, id).await.map_err(|refusal| refusal.about("avatar_group_id"))?),
    };
    if let Some(id) = &request.avatar_id {
        people::usable_look(&state, id, "avatar_id").await?;
    }
    for file in &request.references {
        picture(open(&state, file).await?)?;
    }
    let input = match &request.file {
        None => None,
        Some(file) => Some(open(&state, file).await?),
    };
    let input = match (request.creation, input) {
        (Creation::Photo, Some(input)) => Some(picture(input)?),
        (Creation::DigitalTwin, Some(input)) => Some(film(input)?),
        (_, input) => input,
    };
    let dimensions = input.as_ref().and_then(|input| input.probe.as_ref()?.dimensions);
    let (width, height) = dimensions.unwrap_or((1_080, 1_350));
    let id = format!("look_{}", uuid::Uuid::new_v4().simple());
    let group = match &before {
        Some(group) => MadeGroup { id: group.id.clone(), name: group.name.clone(), created_at: group.created_at },
        None => MadeGroup {
            id: format!("group_{}", uuid::Uuid::new_v4().simple()),
            name: request.name.clone(),
            created_at: now,
        },
    };
    let made = MadeLook {
        job_id: id.clone(),
        id: id.clone(),
        name: request.name.clone(),
        group_id: group.id.clone(),
        avatar_type: match request.creation {
            Creation::DigitalTwin => AvatarType::DigitalTwin,
            Creation::Photo | Creation::Prompt => AvatarType::PhotoAvatar,
        },
        width,
        height,
        seed: people::seed_of(request.prompt.as_deref().unwrap_or(&id)),
        has_picture: request.creation != Creation::Prompt,
    };
    let look = made.shown_as("processing", None);
    let looks = before.map_or_else(Vec::new, |group| group.looks);
    let consent = looks.iter().any(|look| look.avatar_type == AvatarType::DigitalTwin && look.status == "completed");
    let shown = Group {
        id: group.id.clone(),
        name: group.name.clone(),
        created_at: group.created_at,
        consent,
        question: None,
        looks: looks.into_iter().chain([look.clone()]).collect(),
    };
    let order = Order {
        look: made.clone(),
        creation: word(request.creation).to_owned(),
        from: input.map(|input| input.path.to_string_lossy().into_owned()),
        fault,
    };
    let internal = |error: world::WorldError| Refusal::internal(error.to_string());
    let mut kept = vec![Kept::new(people::LOOKS, &made.id, &made).map_err(internal)?];
    if request.group_id.is_none() {
        kept.push(Kept::new(people::GROUPS, &group.id, &group).map_err(internal)?);
    }
    let job = Job {
        id,
        product: Product::Avatar,
        title: request.name,
        created_at: now,
        starts_at: now,
        due_at: now.saturating_add(render_time(Decimal::from(TRAINING), state.speed)),
        reserved: price::avatar(request.creation),
        order: serde_json::to_value(&order).map_err(|error| Refusal::internal(error.to_string()))?,
        callback: Callback::default(),
        state: world::State::Running,
    };
    let answer = json!({"data": {"avatar_group": group_json(&state, &shown), "avatar_item": look_json(&state, &look)}});
    intake::start_with(&state, vec![job], kept, purchase, answer).await
}

fn word(creation: Creation) -> &'static str {
    match creation {
        Creation::Photo => "photo",
        Creation::DigitalTwin => "digital_twin",
        Creation::Prompt => "prompt",
    }
}

fn picture(input: Input) -> Result<Input, Refusal> {
    if !input.is_picture() {
        return Err(input.refuse("A PNG or JPEG picture is expected here."));
    }
    if input.size > PHOTO_BYTES {
        return Err(input.refuse("The picture is larger than 50 MB."));
    }
    if input.longest_side().is_none() {
        return Err(input.refuse("This picture cannot be read."));
    }
    Ok(input)
}

fn film(input: Input) -> Result<Input, Refusal> {
    if !input.is_film() {
        return Err(input.refuse("An MP4 or WebM film of the person is expected here."));
    }
    if input.size > FILM_BYTES {
        return Err(input.refuse("The film is larger than 100 MB."));
    }
    if input.seconds().is_none() {
        return Err(input.refuse("The length of this film cannot be read."));
    }
    Ok(input)
}

/// Makes a look that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let failed = |code: &str, message: &str| Failure { code: code.to_owned(), message: message.to_owned() };
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let creation = match order.creation.as_str() {
        "photo" => Creation::Photo,
        "digital_twin" => Creation::DigitalTwin,
        _ => Creation::Prompt,
    };
    let drawn = || footage::portrait_png(order.look.seed);
    let picture = match (creation, &order.from) {
        (Creation::Photo, Some(path)) => {
            Some(std::fs::read(path).map_err(|_| failed("file_not_found", "The photo is not there any more."))?)
        }
        // A film that this sandbox cannot decode, a WebM for one, gets a drawn face.
        (Creation::DigitalTwin, Some(path)) => footage::first_picture(FilePath::new(path)).or_else(drawn),
        _ => None,
    };
    let portrait = match &picture {
        Some(bytes) => footage::portrait_of(bytes),
        None => drawn(),
    };
    let portrait = portrait.ok_or_else(|| failed("training_failed", "No face can be made out in this file."))?;
    let write = |name: String, bytes: &[u8]| {
        std::fs::write(results.join(name), bytes).map_err(|_| failed("internal_error", "The look cannot be kept."))
    };
    if let Some(bytes) = &picture {
        write(order.look.picture_file(), bytes)?;
    }
    write(order.look.portrait_file(), &portrait)?;
    Ok((Made::without_files(Decimal::ZERO), price::avatar(creation)))
}

async fn list_looks(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let group = query.text("group_id");
    let kind = query.word("avatar_type", KINDS)?;
    let own = query.word("ownership", OWNERSHIP)?;
    let page = query.page(20, 50)?;
    query.finish()?;
    let mut found = people::visible_looks(&state).await?;
    found.retain(|look| {
        group.as_deref().is_none_or(|group| group == look.group_id)
            && kind.is_none_or(|kind| kind == look.avatar_type)
            && own.is_none_or(|own| own == look.own)
    });
    Ok(Json(page.cut(&found, |look| &look.id, |look| Ok(look_json(&state, look)))?))
}

async fn show_look(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let look = find_look(&state, &id).await?;
    Ok(Json(json!({"data": look_json(&state, &look)})))
}

async fn list_groups(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let own = query.word("ownership", OWNERSHIP)?;
    let page = query.page(20, 50)?;
    query.finish()?;
    let mut looks = people::visible_looks(&state).await?;
    looks.retain(|look| own.is_none_or(|own| own == look.own));
    let groups = state.world(move |world| people::all_groups(world, looks)).await?;
    Ok(Json(page.cut(&groups, |group| &group.id, |group| Ok(group_json(&state, group)))?))
}

async fn show_group(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let group = find_group(&state, &id).await?;
    Ok(Json(json!({"data": group_json(&state, &group)})))
}

async fn rename(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let name = new_name(&body)?;
    let mut look = own_look(&state, &id).await?;
    if let Some(name) = name {
        let (now, of_the_cast, renamed) = (state.clock.now(), look.of_the_cast, name.clone());
        state
            .world(move |world| {
                let kept = if of_the_cast {
                    Kept::new(people::CHANGES, &id, &Change { name: Some(renamed), gone: false })?
                } else {
                    let Some(made) = world.kept::<MadeLook>(people::LOOKS, &id)? else { return Ok(()) };
                    Kept::new(people::LOOKS, &id, &MadeLook { name: renamed, ..made })?
                };
                world.keep(&[kept], None, &Value::Null, now).map(|_| ())
            })
            .await?;
        look.name = name;
    }
    Ok(Json(json!({"data": look_json(&state, &look)})))
}

async fn delete_look(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let look = own_look(&state, &id).await?;
    delete(&state, vec![look]).await?;
    Ok(Json(json!({"data": {"id": id}})))
}

async fn delete_group(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let group = own_group(&state, &id).await?;
    delete(&state, group.looks).await?;
    Ok(Json(json!({"data": {"id": id}})))
}

/// Deletes looks, and their group with the last of them.
async fn delete(state: &State, looks: Vec<Look>) -> Result<(), Refusal> {
    if looks.iter().any(|look| look.status == "processing" && !look.of_the_cast) {
        return Err(Refusal::new(409, "conflict", "This avatar is still being made."));
    }
    let now = state.clock.now();
    let files: Vec<String> =
        looks.iter().flat_map(|look| [look.portrait.clone(), look.picture.clone()]).flatten().collect();
    state
        .world(move |world| {
            for look in looks {
                if look.of_the_cast {
                    let gone = Kept::new(people::CHANGES, &look.id, &Change { name: None, gone: true })?;
                    world.keep(&[gone], None, &Value::Null, now)?;
                } else {
                    world.forget(people::LOOKS, &look.id)?;
                }
                if !people::all_looks(world)?.iter().any(|other| other.group_id == look.group_id) {
                    world.forget(people::GROUPS, &look.group_id)?;
                    world.forget(people::CONSENTS, &look.group_id)?;
                    world.forget(people::QUESTIONS, &look.group_id)?;
                }
            }
            Ok(())
        })
        .await?;
    for name in files {
        // Nothing points to the file any more; one that stays behind only takes room.
        let _ = tokio::fs::remove_file(state.folders.results.join(name)).await;
    }
    Ok(())
}

async fn find_look(state: &State, id: &str) -> Result<Look, Refusal> {
    people::look(state, id).await?.ok_or_else(|| Refusal::not_found(format!("There is no avatar look “{id}”.")))
}

async fn own_look(state: &State, id: &str) -> Result<Look, Refusal> {
    let look = find_look(state, id).await?;
    if look.own { Ok(look) } else { Err(not_yours()) }
}

/// The group with this id.
pub(super) async fn find_group(state: &State, id: &str) -> Result<Group, Refusal> {
    let looks = people::visible_looks(state).await?;
    let groups = state.world(move |world| people::all_groups(world, looks)).await?;
    let group = groups.into_iter().find(|group| group.id == id);
    group.ok_or_else(|| Refusal::not_found(format!("There is no avatar “{id}”.")))
}

/// The group with this id, if it is the account's own.
pub(super) async fn own_group(state: &State, id: &str) -> Result<Group, Refusal> {
    let group = find_group(state, id).await?;
    if group.looks.iter().all(|look| look.own) { Ok(group) } else { Err(not_yours()) }
}

fn not_yours() -> Refusal {
    Refusal::new(403, "resource_access_denied", "This avatar is public: it cannot be changed.")
}

fn look_json(state: &State, look: &Look) -> Value {
    json!({
        "id": look.id,
        "name": look.name,
        "group_id": look.group_id,
        "avatar_type": look.avatar_type.word(),
        "default_voice_id": look.default_voice_id,
        "gender": look.gender,
        "supported_api_engines": look.engines.iter().map(|engine| engine.word()).collect::<Vec<_>>(),
        "preferred_orientation": look.orientation,
        "image_width": look.width,
        "image_height": look.height,
        "preview_image_url": portrait(state, look),
        "preview_video_url": null,
        "tags": look.tags,
        "status": look.status,
        "error": look.failure,
    })
}

fn portrait(state: &State, look: &Look) -> Option<String> {
    if look.of_the_cast {
        return Some(state.presign(&files::portrait(&look.id)));
    }
    look.portrait.as_deref().map(|name| state.presign(&files::result(name)))
}

/// Whether the page of a question can be open no longer.
fn has_expired(state: &State, question: people::Question) -> bool {
    state.clock.now() >= question.asked_at.saturating_add(2 * LASTS * 1_000)
}

/// A group is shown by its first look.
pub(super) fn group_json(state: &State, group: &Group) -> Value {
    let first = group.looks.first();
    let twin = group.looks.iter().any(|look| look.avatar_type == AvatarType::DigitalTwin && look.own);
    let consent_status = match (twin, group.consent) {
        (false, _) => None,
        (true, true) => Some("approved"),
        (true, false) if group.question.is_some_and(|question| question.refused) => Some("rejected"),
        (true, false) if group.question.is_some_and(|question| has_expired(state, question)) => Some("expired"),
        (true, false) if group.looks.iter().any(|look| look.of_the_cast && look.status != "pending_consent") => None,
        (true, false) => Some("pending"),
    };
    json!({
        "id": group.id,
        "name": group.name,
        "created_at": group.created_at / 1_000,
        "looks_count": group.looks.len(),
        "gender": first.and_then(|look| look.gender.as_deref()),
        "default_voice_id": first.and_then(|look| look.default_voice_id.as_deref()),
        "preview_image_url": first.and_then(|look| portrait(state, look)),
        "preview_video_url": null,
        "status": first.map(|look| look.status),
        "consent_status": consent_status,
        "error": first.and_then(|look| look.failure.as_ref()),
    })
}
