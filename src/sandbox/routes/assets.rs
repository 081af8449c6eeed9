//! `/v3/assets`: files that were brought in, small ones at once and larger ones in two steps.

use std::path::Path as FilePath;

use axum::extract::{Extension, FromRequest as _, Multipart, Path, RawQuery, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{files, uploads};
use crate::sandbox::batches::Of;
use crate::sandbox::intake::{self, Asked};
use crate::sandbox::once::once;
use crate::sandbox::server::{Planned, State};
use crate::sandbox::signing::{LASTS, hex};
use crate::sandbox::sniff;
use crate::sandbox::wire::{Fields, JsonBody, Query, Refusal};
use crate::sandbox::world::{Arrival, Asset, Purchase};

/// Bytes of one upload (published limit: 32 MB).
const LIMIT: usize = 32_000_000;
/// Bytes of a direct upload (published limit: 200 MB).
pub(super) const DIRECT_LIMIT: u64 = 200_000_000;
/// Room for what a form adds around a file.
const FORM_ROOM: usize = 64_000;
/// The types that are taken.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("image/png", "image/png"),
    ("image/jpeg", "image/jpeg"),
    ("image/jpg", "image/jpeg"),
    ("video/mp4", "video/mp4"),
    ("video/webm", "video/webm"),
    ("audio/mpeg", "audio/mpeg"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/wav", "audio/wav"),
    ("audio/x-wav", "audio/wav"),
    ("application/pdf", "application/pdf"),
    ("application/x-subrip", "application/x-subrip"),
    ("text/srt", "application/x-subrip"),
    ("application/zip", "application/zip"),
    ("application/x-zip-compressed", "application/zip"),
];
const TAKEN: &str = "PNG, JPEG, MP4, WebM, MP3, WAV, PDF, SRT and ZIP files are taken.";
/// The published types of the upload in one request; projects of renders come by direct upload.
const TAKEN_AT_ONCE: &str = "PNG, JPEG, MP4, WebM, MP3, WAV, PDF and SRT files are taken here.";

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/v3/assets", get(list).post(upload))
        .route("/v3/assets/direct-uploads", post(begin))
        .route("/v3/assets/search", get(search))
        .route("/v3/assets/statuses", get(statuses))
        .route("/v3/assets/{asset_id}", get(show).delete(delete))
        .route("/v3/assets/{asset_id}/complete", post(complete))
}

async fn upload(
    Shared(state): Shared<State>,
    planned: Option<Extension<Planned>>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let (name, bytes) = match form_file(request).await {
        Ok(file) => file,
        Err(refusal) => return refusal.into_response(),
    };
    let planned = planned.map(|Extension(Planned(kind))| kind);
    let making = state.clone();
    let make = move |purchase| keep(making, name, bytes, purchase);
    once(&state, StatusCode::OK, "POST /v3/assets", &headers, planned, make).await
}

async fn form_file(request: Request) -> Result<(String, Vec<u8>), Refusal> {
    let too_large = || Refusal::new(413, "payload_too_large", "A file here may have at most 32 MB.").about("file");
    let broken = || Refusal::new(400, "validation_error", "The multipart form is broken or ended early.");
    let length = request.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LIMIT + FORM_ROOM) {
        return Err(too_large());
    }
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::new(400, "validation_error", "A multipart form is expected here."))?;
    let mut file = None;
    while let Some(mut part) = form.next_field().await.map_err(|_| broken())? {
        let field = part.name().unwrap_or_default().to_owned();
        if field != "file" || file.is_some() {
            return Err(Refusal::invalid(field, "One field “file” is expected here and nothing else."));
        }
        let name = part.file_name().unwrap_or("file").to_owned();
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
            if bytes.len() + piece.len() > LIMIT {
                return Err(too_large());
            }
            bytes.extend_from_slice(&piece);
        }
        file = Some((name, bytes));
    }
    file.ok_or_else(|| Refusal::invalid("file", "This field is required."))
}

async fn keep(state: State, name: String, bytes: Vec<u8>, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let media_type = sniff::media_type(&bytes)
        .filter(|media_type| *media_type != "application/zip")
        .ok_or_else(|| Refusal::invalid("file", TAKEN_AT_ONCE))?;
    let now = state.clock.now();
    let asset = Asset {
        id: uuid::Uuid::new_v4().simple().to_string(),
        name,
        media_type: media_type.to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        checksum: None,
        created_at: now,
        arrival: Arrival::Ready,
    };
    write(&state.folders.assets.join(&asset.id), &bytes).await?;
    let answer = json!({"data": {
        "asset_id": asset.id,
        "url": state.presign(&files::asset(&asset.id)),
        "mime_type": asset.media_type,
        "size_bytes": asset.size,
    }});
    let first = answer.clone();
    let before = state.world(move |world| world.add_asset(&asset, purchase.as_ref(), &first, now)).await?;
    Ok(before.unwrap_or(answer))
}

/// Writes beside the target and renames, so that a file is whole or not there.
pub(in crate::sandbox) async fn write(path: &FilePath, bytes: &[u8]) -> Result<(), Refusal> {
    let unfinished = path.with_extension("part");
    let written = match tokio::fs::write(&unfinished, bytes).await {
        Ok(()) => tokio::fs::rename(&unfinished, path).await,
        Err(error) => Err(error),
    };
    written.map_err(|error| Refusal::internal(format!("The sandbox cannot keep the file: {error}.")))
}

async fn begin(asked: Asked) -> Response {
    intake::buy(asked, StatusCode::OK, |state, body, purchase, _| announce(state, body, purchase)).await
}

async fn announce(state: State, body: axum::body::Bytes, purchase: Option<Purchase>) -> Result<Value, Refusal> {
    let asset = announced(&state, Fields::body(&body)?)?;
    let now = state.clock.now();
    let answer = json!({"data": upload_json(&state, &asset)});
    let first = answer.clone();
    let before = state.world(move |world| world.add_asset(&asset, purchase.as_ref(), &first, now)).await?;
    Ok(before.unwrap_or(answer))
}

/// A file that will be put to an upload address.
pub(super) fn announced(state: &State, mut fields: Fields) -> Result<Asset, Refusal> {
    let name = fields.required_text("filename")?;
    let content_type = fields.required_text("content_type")?;
    let known = MEDIA_TYPES.iter().find(|(word, _)| content_type.eq_ignore_ascii_case(word));
    let (_, media_type) = known.ok_or_else(|| fields.refuse("content_type", TAKEN))?;
    let size = fields.required_whole("size_bytes", 1, DIRECT_LIMIT)?;
    let checksum = fields.text("checksum_sha256")?;
    let checksum = checksum.map(|text| read_checksum(&fields, &text)).transpose()?;
    fields.finish()?;
    Ok(Asset {
        id: uuid::Uuid::new_v4().simple().to_string(),
        name,
        media_type: (*media_type).to_owned(),
        size,
        checksum,
        created_at: state.clock.now(),
        arrival: Arrival::Awaited,
    })
}

/// Where and how a file is to be put.
pub(super) fn upload_json(state: &State, asset: &Asset) -> Value {
    json!({
        "asset_id": asset.id,
        "upload_url": state.presign(&uploads::path(&asset.id)),
        "upload_headers": uploads::headers(asset),
        "expires_in_seconds": LASTS,
        "max_bytes": DIRECT_LIMIT,
        "status": "pending_upload",
    })
}

fn read_checksum(fields: &Fields, text: &str) -> Result<String, Refusal> {
    if text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(fields.refuse("checksum_sha256", "64 hexadecimal digits are expected here."))
    }
}

async fn complete(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Refusal> {
    let mut fields = Fields::body(&body)?;
    let checksum = fields.text("checksum_sha256")?;
    let checksum = checksum.map(|text| read_checksum(&fields, &text)).transpose()?;
    fields.finish()?;
    let asset = settle(&state, &id, checksum).await?;
    Ok(Json(completed(&state, &asset)))
}

/// Makes an asset of the bytes that were put.
///
/// # Errors
/// 409 while they are not there to be seen, 400 where they are not what was announced.
pub(super) async fn settle(state: &State, id: &str, checksum: Option<String>) -> Result<Asset, Refusal> {
    let mut asset = any(state, id).await?;
    match asset.arrival {
        Arrival::Ready => return Ok(asset),
        Arrival::Awaited => {
            return Err(Refusal::new(409, "conflict", "The bytes of this asset have not arrived yet."));
        }
        Arrival::Stored { visible_at } if state.clock.now() < visible_at => {
            return Err(Refusal::new(409, "conflict", "The upload is not visible yet. Try again in a moment."));
        }
        Arrival::Stored { .. } => {}
    }
    let bytes = tokio::fs::read(state.folders.assets.join(id)).await;
    let bytes = bytes.map_err(|error| Refusal::internal(format!("The upload cannot be read: {error}.")))?;
    let found = hex(&Sha256::digest(&bytes));
    if [&checksum, &asset.checksum].into_iter().flatten().any(|announced| *announced != found) {
        return Err(Refusal::invalid("checksum_sha256", "The bytes that arrived have another checksum."));
    }
    let media_type = sniff::media_type(&bytes).ok_or_else(|| Refusal::invalid("content_type", TAKEN))?;
    asset.media_type = media_type.to_owned();
    asset.arrival = Arrival::Ready;
    let ready = asset.clone();
    state.world(move |world| world.update_asset(&ready)).await?;
    Ok(asset)
}

fn completed(state: &State, asset: &Asset) -> Value {
    json!({"data": {
        "asset_id": asset.id,
        "url": state.presign(&files::asset(&asset.id)),
        "mime_type": asset.media_type,
        "size_bytes": asset.size,
        "status": "completed",
    }})
}

async fn list(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    // One person without folders: another name or any folder finds nothing.
    let elsewhere = query.text("username").is_some_and(|name| name != "sandbox") | query.text("folder_id").is_some();
    let page = query.page(20, 100)?;
    query.finish()?;
    let mut assets = state.world(|world| world.assets()).await?;
    assets.retain(|_| !elsewhere);
    Ok(Json(page.cut(&assets, |asset| &asset.id, |asset| Ok(asset_json(&state, asset)))?))
}

/// Pictures by their names. There is no public stock of them here.
async fn search(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let words = query.text("query").unwrap_or_default().to_lowercase();
    let is_image = query.word("type", &[("image", true), ("icon", false)])?.unwrap_or(true);
    let own = query.word("scope", &[("public", false), ("personal", true)])?.unwrap_or(false);
    let page = query.page(20, 50)?;
    query.finish()?;
    let mut assets = state.world(|world| world.assets()).await?;
    assets.retain(|asset| {
        let is_picture = asset.arrival == Arrival::Ready && asset.media_type.starts_with("image/");
        own && is_image && is_picture && asset.name.to_lowercase().contains(&words)
    });
    let show = |asset: &Asset| {
        let url = state.presign(&files::asset(&asset.id));
        Ok(json!({"type": "image", "id": asset.id, "url": url}))
    };
    Ok(Json(page.cut(&assets, |asset| &asset.id, show)?))
}

async fn show(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let asset = any(&state, &id).await?;
    Ok(Json(json!({"data": asset_json(&state, &asset)})))
}

async fn delete(Shared(state): Shared<State>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let gone = any(&state, &id).await?.id;
    let path = state.folders.assets.join(&gone);
    state.world(move |world| world.delete_asset(&gone)).await?;
    // Nothing points to the file any more; one that stays behind only takes room.
    let _ = tokio::fs::remove_file(path).await;
    Ok(Json(json!({"data": {"id": id}})))
}

async fn statuses(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Json<Value>, Refusal> {
    let mut query = Query::read(raw.as_deref());
    let asked = intake::Ids::read(&mut query, "asset_ids")?;
    query.finish()?;
    let mut data = intake::batch_rows(&state, Of::Assets, &asked.batches).await?;
    let ids = asked.ids;
    let found = state.world(move |world| ids.iter().map(|id| world.asset(id)).collect::<Result<Vec<_>, _>>()).await?;
    // The interface shows no id here: the place in the question says which one is meant.
    data.extend(
        found
            .iter()
            .enumerate()
            .map(|(place, asset)| json!({"item_index": place, "status": asset.as_ref().map_or("not_found", status)})),
    );
    Ok(Json(json!({"data": data, "has_more": false, "next_token": null})))
}

fn status(asset: &Asset) -> &'static str {
    match asset.arrival {
        Arrival::Awaited => "pending_upload",
        Arrival::Stored { .. } => "processing",
        Arrival::Ready => "completed",
    }
}

async fn any(state: &State, id: &str) -> Result<Asset, Refusal> {
    let wanted = id.to_owned();
    let asset = state.world(move |world| world.asset(&wanted)).await?;
    asset.ok_or_else(|| Refusal::not_found(format!("There is no asset “{id}”.")))
}

fn asset_json(state: &State, asset: &Asset) -> Value {
    json!({
        "id": asset.id,
        "name": asset.name,
        "type": asset.media_type.split('/').next().filter(|kind| matches!(*kind, "image" | "video" | "audio")).unwrap_or("document"),
        "owner": "sandbox",
        "space_id": "sandbox",
        "folder_id": null,
        "uploaded_at": asset.created_at / 1_000,
        "url": (asset.arrival == Arrival::Ready).then(|| state.presign(&files::asset(&asset.id))),
    })
}
