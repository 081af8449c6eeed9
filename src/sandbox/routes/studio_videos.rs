//! Studio videos of `/v3/videos`: scenes, one after another, each billed as what it is.

use std::path::Path as FilePath;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::files;
use crate::draft::AspectRatio;
use crate::money::Usd;
use crate::sandbox::footage::{self, Part, whole_frames};
use crate::sandbox::inputs::Place;
use crate::sandbox::order::{self, Track, estimate, made_of, picture};
use crate::sandbox::server::State;
use crate::sandbox::sources::{self, Found};
use crate::sandbox::wire::Refusal;
use crate::sandbox::wire::studio::{Scene as AskedScene, StudioRequest};
use crate::sandbox::world::{Failure, Job, Made, Product, Purchase};
use crate::sandbox::{intake, price};

/// A film of several scenes, as the world remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    width: u32,
    height: u32,
    scenes: Vec<Scene>,
    captions: bool,
    /// Of the first that is spoken.
    language: Option<String>,
    /// Fails on purpose.
    fault: Option<Failure>,
}

/// One scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scene {
    Avatar(Box<order::Order>),
    Image {
        place: Place,
        /// `None` for silence.
        track: Option<Track>,
        /// `None` for those of the track.
        seconds: Option<Decimal>,
    },
    Video {
        film: Found,
        /// Of its loudness, in percent.
        loudness: u8,
    },
}

/// Orders a studio video.
pub(super) async fn order(
    state: State,
    request: StudioRequest,
    purchase: Option<Purchase>,
    fault: Option<Failure>,
) -> Result<Value, Refusal> {
    if let Some(image) = &request.watermark {
        picture(&state, image).await?;
    }
    let (mut scenes, mut seconds, mut price, mut language) = (Vec::new(), Decimal::ZERO, Usd::ZERO, None);
    for (place, scene) in request.scenes.into_iter().enumerate() {
        let at = format!("scenes[{place}]");
        let (scene, lasts) = match scene {
            AskedScene::Avatar(video) => {
                let within = |refusal: Refusal| refusal.within(&format!("{at}.input"));
                let estimate = estimate(&state, *video, None).await.map_err(within)?;
                language = language.or_else(|| estimate.order.language.clone());
                (Scene::Avatar(Box::new(estimate.order)), estimate.seconds)
            }
            AskedScene::Image { source, said, duration } => {
                let place = picture(&state, &source).await?.place;
                let heard = match said {
                    None => None,
                    Some(said) => {
                        let heard = order::track(&state, said.sound, None, said.speed, said.locale).await;
                        Some(heard.map_err(|refusal| refusal.within(&at))?)
                    }
                };
                let lasts = duration.or(heard.as_ref().map(|heard| heard.seconds)).unwrap_or_default();
                let track = heard.map(|heard| {
                    language = language.take().or(heard.language);
                    heard.track
                });
                (Scene::Image { place, track, seconds: duration }, lasts)
            }
            AskedScene::Video { source, volume } => {
                let film = sources::film(&state, &source).await?;
                let lasts = film.seconds;
                let loudness = (volume * Decimal::ONE_HUNDRED).round().to_u8().unwrap_or(100);
                (Scene::Video { film, loudness }, lasts)
            }
        };
        let lasts = whole_frames(lasts);
        price += scene.price(lasts).map_err(|reason| Refusal::invalid(at, reason))?;
        seconds += lasts;
        scenes.push(scene);
    }
    // Where the shape follows the look, it is the first one's.
    let own = scenes.iter().find_map(|scene| match scene {
        Scene::Avatar(order) => Some((order.width, order.height)),
        Scene::Image { .. } | Scene::Video { .. } => None,
    });
    let (width, height) = match request.aspect_ratio {
        AspectRatio::Auto => own,
        _ => None,
    }
    .unwrap_or_else(|| order::size(request.resolution, request.aspect_ratio, None));
    let order = Order { width, height, scenes, captions: request.captions, language, fault };
    let title = request.title.unwrap_or_else(|| "Untitled video".to_owned());
    let job = intake::job(&state, Product::StudioVideo, title, seconds, price, &order)?;
    let job = Job { callback: request.callback, ..job };
    let answer = json!({"data": {"video_id": job.id, "status": "waiting", "output_format": "mp4"}});
    intake::start(&state, vec![job], purchase, answer).await
}

impl Scene {
    fn price(&self, seconds: Decimal) -> Result<Usd, String> {
        match self {
            Self::Avatar(order) => order.price(seconds),
            Self::Image { .. } | Self::Video { .. } => Ok(price::plain_scene(seconds)),
        }
    }

    fn part(&self, title: &str, (width, height): (u32, u32), assets: &FilePath, results: &FilePath) -> Part {
        match self {
            Self::Avatar(order) => {
                Part::Film(footage::FilmOrder { width, height, ..order.film(title, assets, results) })
            }
            Self::Image { place, track, seconds } => Part::Film(footage::FilmOrder {
                title: title.to_owned(),
                width,
                height,
                fps: footage::FPS,
                scene: footage::Scene::Picture(place.path(assets, results)),
                sound: track.as_ref().map_or(footage::Sound::Silence, |track| track.sound(assets, results)),
                seconds: *seconds,
                captions: true,
            }),
            Self::Video { film, loudness } => {
                Part::Video { path: film.path(assets, results), seconds: film.seconds, loudness: *loudness }
            }
        }
    }
}

/// Makes a studio video that is due. Blocks.
pub(in crate::sandbox) fn make(job: &Job, assets: &FilePath, results: &FilePath) -> Result<(Made, Usd), Failure> {
    let order: Order = intake::order(job)?;
    if let Some(fault) = order.fault {
        return Err(fault);
    }
    let size = (order.width, order.height);
    let parts: Vec<Part> = order.scenes.iter().map(|scene| scene.part(&job.title, size, assets, results)).collect();
    let montage = footage::make_montage(&parts, size, order.captions, results, &job.id)
        .map_err(|error| files::unmade("video", &error))?;
    let prices = order.scenes.iter().zip(&montage.parts).map(|(scene, seconds)| scene.price(*seconds));
    let charge = prices.sum::<Result<Usd, String>>();
    let charge = charge.map_err(|message| Failure { code: "internal_error".to_owned(), message })?;
    Ok((made_of(&montage.footage), charge))
}
