//! Cinematic videos of `/v3/videos`: one to three looks in a scene that a prompt describes.

use std::path::Path as FilePath;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::money::Usd;
use crate::sandbox::inputs::open;
use crate::sandbox::order::{made_of, size_of};
use crate::sandbox::people::usable_look;
use crate::sandbox::server::State;
use crate::sandbox::studio::render_time;
use crate::sandbox::wire::Refusal;
use crate::sandbox::wire::cinematic::CinematicRequest;
use crate::sandbox::world::{Failure, Job, Made, Product, Purchase};
use crate::sandbox::{footage, intake, price};

/// Images among looks and references (published limit).
const IMAGES: usize = 9;
/// Videos among looks and references (published limit).
const VIDEOS: usize = 3;
/// Bytes a reference may have: as videos and images elsewhere (published limits).
const VIDEO_BYTES: u64 = 100_000_000;
const IMAGE_BYTES: u64 = 50_000_000;

/// A cinematic video to be made, as the world remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    seconds: u64,
    width: u32,
    height: u32,
    look_seed: u64,
    picture: Option<String>,
    fault: Option<Failure>,
}

/// Orders a cinematic video.
pub(super) async fn order(
    state: State,
    request: CinematicRequest,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    let mut looks = Vec::new();
    for (place, id) in request.looks.iter().enumerate() {
        looks.push(usable_look(&state, id, &format!("avatar_id[{place}]")).await?);
    }
    // Every look counts as an image.
    let (mut images, mut videos) = (looks.len(), 0);
    for file in &request.references {
        let input = open(&state, file).await?;
        let most = if input.is_picture() {
            images += 1;
            IMAGE_BYTES
        } else if input.is_film() {
            videos += 1;
            VIDEO_BYTES
        } else {
            return Err(input.refuse("A PNG, JPEG, MP4 or WebM file is expected here."));
        };
        if input.size > most {
            return Err(input.refuse(format!("At most {} MB are taken here.", most / 1_000_000)));
        }
    }
    if images > IMAGES {
        let message = format!("{images} images among looks and references; {IMAGES} is the most.");
        return Err(Refusal::invalid("references", message));
    }
    if videos > VIDEOS {
        return Err(Refusal::invalid("references", format!("{videos} videos; {VIDEOS} is the most.")));
    }
    // Where HeyGen decides, a longer prompt is a longer scene.
    let words = u64::try_from(request.prompt.split_whitespace().count()).unwrap_or(u64::MAX);
    let seconds = request.seconds.unwrap_or_else(|| (4 + words / 5).min(15));
    let first = looks.first();
    let (width, height) = size_of(request.lines, request.aspect_ratio, first);
    let order = Order {
        seconds,
        width,
        height,
        look_seed: first.map_or(0, |look| look.seed),
        picture: first.and_then(|look| look.picture.clone()),
        fault,
    };
    let reserved = price::cinematic().map_err(Refusal::internal)?;
    let title = request.title.unwrap_or_else(|| "Untitled video".to_owned());
    // Generated pictures take longer than lips.
    let takes = render_time(Decimal::from(seconds), state.speed).saturating_mul(3);
    let job = intake::job_of(&state, Product::Cinematic, title, takes, reserved, &order)?;
    let answer = json!({"data": {"video_id": job.id, "status": "waiting", "output_format": "mp4"}});
    intake::start(&state, vec![job], purchase, answer).await
}

/// Makes a cinematic video that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let failed = |code: &str, message: String| Failure { code: code.to_owned(), message };
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let scene = match &order.picture {
        Some(name) => footage::Scene::Picture(results.join(name)),
        None => footage::Scene::Person(order.look_seed),
    };
    let film = footage::FilmOrder {
        title: job.title.clone(),
        width: order.width,
        height: order.height,
        fps: footage::FPS,
        scene,
        sound: footage::Sound::Music,
        seconds: Some(Decimal::from(order.seconds)),
        captions: false,
    };
    let footage = footage::make_film(&film, results, &job.id)
        .map_err(|error| failed("render_failed", format!("The video could not be made: {error}.")))?;
    let charge = price::cinematic().map_err(|reason| failed("internal_error", reason))?;
    Ok((made_of(&footage), charge))
}
