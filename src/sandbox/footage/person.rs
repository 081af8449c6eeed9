//! Who is seen: what a drawn person looks like, decided by a seed alone.

/// A colour as `0xrrggbb`.
pub type Rgb = u32;

/// How the hair is worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hair {
    Bald,
    /// Grey or not, above the ears only.
    Receding,
    Buzz,
    /// Short, parted at the side.
    SidePart,
    /// Short sides, high front.
    Quiff,
    /// Short curls.
    Curls,
    /// A round afro.
    Afro,
    /// To the chin, with a fringe.
    Bob,
    /// Straight, over the shoulders.
    Long,
    /// Waves over the shoulders.
    Wavy,
    /// Pinned up.
    Bun,
    /// Bound at the back.
    Ponytail,
    /// Two braids.
    Braids,
    /// Very short, swept to the side.
    Pixie,
    /// Covered by a scarf.
    Scarf,
    /// Covered by a turban.
    Turban,
}

/// Hair on the face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beard {
    None,
    Stubble,
    Short,
    Full,
    Moustache,
}

/// What is worn on the nose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glasses {
    None,
    Round,
    Square,
}

/// What is worn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outfit {
    Crew,
    VNeck,
    Turtleneck,
    Shirt,
    Blazer,
    Suit,
    Hoodie,
    Overalls,
}

/// The outline of the face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Oval,
    Round,
    Square,
    Long,
}

/// Everything that is drawn of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub skin: Rgb,
    pub hair: Hair,
    pub hair_color: Rgb,
    pub eyes: Rgb,
    pub beard: Beard,
    pub glasses: Glasses,
    pub shape: Shape,
    /// Fuller lips, lashes, finer brows.
    pub soft: bool,
    pub earrings: bool,
    /// Lines of age.
    pub lined: bool,
    pub freckles: bool,
    pub outfit: Outfit,
    /// The garment, and what is seen beneath or beside it.
    pub cloth: [Rgb; 2],
    /// The backdrop, above and below.
    pub backdrop: [Rgb; 2],
}

const VIOLET: [Rgb; 2] = [0x4a3560, 0x17131f];
const TEAL: [Rgb; 2] = [0x1f5560, 0x0f181d];
const MOSS: [Rgb; 2] = [0x515c3c, 0x14170f];
const NAVY: [Rgb; 2] = [0x34447a, 0x11141f];
const WINE: [Rgb; 2] = [0x703544, 0x1d1014];
const PINE: [Rgb; 2] = [0x2c5c4a, 0x0f1a16];
const SLATE: [Rgb; 2] = [0x4b5563, 0x14171c];
const AMBER: [Rgb; 2] = [0x75532c, 0x1c150d];
const PLUM: [Rgb; 2] = [0x623a62, 0x1a111b];
const STEEL: [Rgb; 2] = [0x31587a, 0x0e161e];

const PALE: Rgb = 0xf4cfb4;
const FAIR: Rgb = 0xecbd98;
const OLIVE: Rgb = 0xd9a377;
const TAN: Rgb = 0xc68a5c;
const BROWN: Rgb = 0x9c6640;
const DEEP: Rgb = 0x754830;
const DARK: Rgb = 0x563422;

const BLACK: Rgb = 0x1d1a1e;
const ESPRESSO: Rgb = 0x33241d;
const CHESTNUT: Rgb = 0x5a3825;
const AUBURN: Rgb = 0x8a4526;
const COPPER: Rgb = 0xb5622f;
const HONEY: Rgb = 0xb98a4e;
const BLOND: Rgb = 0xd8b678;
const SILVER: Rgb = 0xb9bcc2;
const GREY: Rgb = 0x7d7f86;

const HAZEL: Rgb = 0x6b4a26;
const BLUE: Rgb = 0x4d7ea8;
const GREEN: Rgb = 0x5f8055;
const UMBER: Rgb = 0x3a2417;

const BASE: Person = Person {
    skin: OLIVE,
    hair: Hair::SidePart,
    hair_color: ESPRESSO,
    eyes: UMBER,
    beard: Beard::None,
    glasses: Glasses::None,
    shape: Shape::Oval,
    soft: false,
    earrings: false,
    lined: false,
    freckles: false,
    outfit: Outfit::Crew,
    cloth: [0x39455c, 0xe8e6e1],
    backdrop: SLATE,
};

/// The people of the sandbox's cast; a look's seed is its place here plus one, times 16, plus its outfit.
const CAST: [Person; 23] = [
    // Daria
    Person {
        skin: FAIR,
        hair: Hair::Wavy,
        hair_color: CHESTNUT,
        eyes: HAZEL,
        soft: true,
        earrings: true,
        outfit: Outfit::Blazer,
        cloth: [0x2f3350, 0xf1ece4],
        backdrop: VIOLET,
        ..BASE
    },
    // Marcus
    Person {
        skin: DEEP,
        hair: Hair::Buzz,
        hair_color: BLACK,
        beard: Beard::Short,
        shape: Shape::Square,
        outfit: Outfit::Turtleneck,
        cloth: [0xd9cdb8, 0xd9cdb8],
        backdrop: TEAL,
        ..BASE
    },
    // Ines
    Person {
        skin: OLIVE,
        hair: Hair::Bob,
        hair_color: BLACK,
        soft: true,
        shape: Shape::Oval,
        outfit: Outfit::VNeck,
        cloth: [0xb4533c, 0xf4e9dc],
        backdrop: MOSS,
        ..BASE
    },
    // Oliver
    Person {
        skin: PALE,
        hair: Hair::Quiff,
        hair_color: HONEY,
        eyes: BLUE,
        beard: Beard::Stubble,
        shape: Shape::Square,
        outfit: Outfit::Suit,
        cloth: [0x2a3346, 0xf4f4f2],
        backdrop: NAVY,
        ..BASE
    },
    // Aiko
    Person {
        skin: FAIR,
        hair: Hair::Long,
        hair_color: BLACK,
        eyes: UMBER,
        soft: true,
        shape: Shape::Round,
        outfit: Outfit::Shirt,
        cloth: [0xe9dfd8, 0xffffff],
        backdrop: WINE,
        ..BASE
    },
    // Tunde
    Person {
        skin: DARK,
        hair: Hair::Curls,
        hair_color: BLACK,
        glasses: Glasses::Round,
        outfit: Outfit::Shirt,
        cloth: [0xe0a63f, 0xffffff],
        backdrop: PINE,
        ..BASE
    },
    // Leila
    Person {
        skin: OLIVE,
        hair: Hair::Scarf,
        hair_color: 0x3f6f74,
        eyes: HAZEL,
        soft: true,
        outfit: Outfit::Crew,
        cloth: [0x2b3c48, 0xe8e6e1],
        backdrop: STEEL,
        ..BASE
    },
    // Henrik
    Person {
        skin: PALE,
        hair: Hair::Receding,
        hair_color: SILVER,
        eyes: BLUE,
        glasses: Glasses::Square,
        beard: Beard::Short,
        lined: true,
        shape: Shape::Long,
        outfit: Outfit::Blazer,
        cloth: [0x4b5a52, 0xe4e9ea],
        backdrop: SLATE,
        ..BASE
    },
    // Priya
    Person {
        skin: TAN,
        hair: Hair::Ponytail,
        hair_color: BLACK,
        soft: true,
        earrings: true,
        outfit: Outfit::Crew,
        cloth: [0x1f7a78, 0xe8e6e1],
        backdrop: AMBER,
        ..BASE
    },
    // Mateo
    Person {
        skin: TAN,
        hair: Hair::Curls,
        hair_color: ESPRESSO,
        beard: Beard::Full,
        outfit: Outfit::Hoodie,
        cloth: [0x8b4049, 0xe8e6e1],
        backdrop: STEEL,
        ..BASE
    },
    // Grace
    Person {
        skin: DEEP,
        hair: Hair::Afro,
        hair_color: BLACK,
        soft: true,
        earrings: true,
        outfit: Outfit::VNeck,
        cloth: [0xe3b94f, 0xf4e9dc],
        backdrop: PLUM,
        ..BASE
    },
    // Wei
    Person {
        skin: FAIR,
        hair: Hair::SidePart,
        hair_color: BLACK,
        glasses: Glasses::Round,
        shape: Shape::Oval,
        outfit: Outfit::Crew,
        cloth: [0x5c6f8f, 0xe8e6e1],
        backdrop: NAVY,
        ..BASE
    },
    // Saoirse
    Person {
        skin: PALE,
        hair: Hair::Wavy,
        hair_color: COPPER,
        eyes: GREEN,
        soft: true,
        freckles: true,
        outfit: Outfit::Turtleneck,
        cloth: [0x2f5d4a, 0x2f5d4a],
        backdrop: PINE,
        ..BASE
    },
    // Harpreet
    Person {
        skin: TAN,
        hair: Hair::Turban,
        hair_color: 0xc06a2b,
        beard: Beard::Full,
        shape: Shape::Square,
        outfit: Outfit::Suit,
        cloth: [0x303846, 0xf0efe9],
        backdrop: TEAL,
        ..BASE
    },
    // Margot
    Person {
        skin: PALE,
        hair: Hair::Pixie,
        hair_color: SILVER,
        eyes: BLUE,
        soft: true,
        earrings: true,
        lined: true,
        glasses: Glasses::Round,
        outfit: Outfit::Blazer,
        cloth: [0x7a3350, 0xf2ebe6],
        backdrop: PLUM,
        ..BASE
    },
    // Amara
    Person {
        skin: DARK,
        hair: Hair::Braids,
        hair_color: BLACK,
        soft: true,
        earrings: true,
        outfit: Outfit::Overalls,
        cloth: [0x3d5a80, 0xf0e3d2],
        backdrop: AMBER,
        ..BASE
    },
    // Jonas
    Person {
        skin: FAIR,
        hair: Hair::Bald,
        hair_color: CHESTNUT,
        eyes: GREEN,
        beard: Beard::Full,
        shape: Shape::Square,
        outfit: Outfit::Crew,
        cloth: [0x2c2e33, 0xe8e6e1],
        backdrop: MOSS,
        ..BASE
    },
    // Yuna
    Person {
        skin: PALE,
        hair: Hair::Bun,
        hair_color: ESPRESSO,
        soft: true,
        shape: Shape::Round,
        glasses: Glasses::Square,
        outfit: Outfit::Turtleneck,
        cloth: [0xcfa7a0, 0xcfa7a0],
        backdrop: VIOLET,
        ..BASE
    },
    // Samir
    Person {
        skin: OLIVE,
        hair: Hair::Quiff,
        hair_color: BLACK,
        beard: Beard::Moustache,
        shape: Shape::Long,
        outfit: Outfit::Shirt,
        cloth: [0x6f8fb0, 0xffffff],
        backdrop: WINE,
        ..BASE
    },
    // Nora
    Person {
        skin: FAIR,
        hair: Hair::Long,
        hair_color: BLOND,
        eyes: BLUE,
        soft: true,
        outfit: Outfit::Hoodie,
        cloth: [0x6a6fa8, 0xe8e6e1],
        backdrop: STEEL,
        ..BASE
    },
    // Rosa, of the account's own looks
    Person {
        skin: BROWN,
        hair: Hair::Curls,
        hair_color: ESPRESSO,
        soft: true,
        earrings: true,
        shape: Shape::Round,
        outfit: Outfit::Crew,
        cloth: [0x2f7f8a, 0xe8e6e1],
        backdrop: WINE,
        ..BASE
    },
    // Emil
    Person {
        skin: PALE,
        hair: Hair::SidePart,
        hair_color: AUBURN,
        eyes: GREEN,
        beard: Beard::Stubble,
        freckles: true,
        outfit: Outfit::Blazer,
        cloth: [0x6b5a45, 0xf1ece4],
        backdrop: TEAL,
        ..BASE
    },
    // The portrait from the fair
    Person {
        skin: TAN,
        hair: Hair::Bob,
        hair_color: CHESTNUT,
        eyes: HAZEL,
        soft: true,
        glasses: Glasses::Round,
        outfit: Outfit::Shirt,
        cloth: [0xc7d0dc, 0xffffff],
        backdrop: MOSS,
        ..BASE
    },
];

/// Other clothes and backdrops for the further looks of one person.
const WARDROBE: [(Outfit, [Rgb; 2], [Rgb; 2]); 4] = [
    (Outfit::Hoodie, [0x55606b, 0xe8e6e1], SLATE),
    (Outfit::Suit, [0x23262e, 0xf4f4f2], NAVY),
    (Outfit::Crew, [0xb9674a, 0xe8e6e1], PINE),
    (Outfit::Overalls, [0x46567a, 0xe9d9c0], AMBER),
];

impl Person {
    /// The person of a seed: one of the cast, or somebody made up from the seed.
    pub fn of(seed: u64) -> Self {
        let known = usize::try_from(seed / 16).ok().and_then(|place| CAST.get(place.checked_sub(1)?));
        let mut person = known.copied().unwrap_or_else(|| Self::made_up(seed));
        if let Some(outfit) = usize::try_from(seed % 16).ok().and_then(|outfit| outfit.checked_sub(1))
            && known.is_some()
            && let Some((outfit, cloth, backdrop)) = WARDROBE.get(outfit).copied()
        {
            (person.outfit, person.cloth, person.backdrop) = (outfit, cloth, backdrop);
        }
        person
    }

    fn made_up(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let soft = dice.bool();
        let mut pick = |choices: &[Rgb]| dice.choice(choices).copied().unwrap_or(SLATE[0]);
        let skin = pick(&[PALE, FAIR, OLIVE, TAN, BROWN, DEEP, DARK]);
        let light = matches!(skin, PALE | FAIR);
        let hair_color = if light {
            pick(&[ESPRESSO, CHESTNUT, AUBURN, COPPER, HONEY, BLOND, GREY, BLACK])
        } else {
            pick(&[BLACK, BLACK, ESPRESSO, GREY])
        };
        let eyes = if light { pick(&[BLUE, GREEN, HAZEL, UMBER]) } else { pick(&[UMBER, UMBER, HAZEL]) };
        let cloth = pick(&[0x39455c, 0x8b4049, 0x2f5d4a, 0xb9674a, 0x5c6f8f, 0xe3b94f, 0x6a6fa8, 0x2c2e33, 0xd9cdb8]);
        let hair = if soft {
            [Hair::Bob, Hair::Long, Hair::Wavy, Hair::Bun, Hair::Ponytail, Hair::Pixie, Hair::Curls]
        } else {
            [Hair::SidePart, Hair::Quiff, Hair::Buzz, Hair::Curls, Hair::Receding, Hair::Bald, Hair::SidePart]
        };
        let outfits = [Outfit::Crew, Outfit::VNeck, Outfit::Turtleneck, Outfit::Shirt, Outfit::Blazer, Outfit::Hoodie];
        let beards = [Beard::None, Beard::None, Beard::Stubble, Beard::Short, Beard::Full];
        let backdrops = [VIOLET, TEAL, MOSS, NAVY, WINE, PINE, SLATE, AMBER, PLUM, STEEL];
        Self {
            skin,
            hair: dice.choice(hair).unwrap_or(Hair::Curls),
            hair_color,
            eyes,
            beard: if soft { Beard::None } else { dice.choice(beards).unwrap_or(Beard::None) },
            glasses: dice
                .choice([Glasses::None, Glasses::None, Glasses::Round, Glasses::Square])
                .unwrap_or(Glasses::None),
            shape: dice.choice([Shape::Oval, Shape::Round, Shape::Square, Shape::Long]).unwrap_or(Shape::Oval),
            soft,
            earrings: soft && dice.bool(),
            lined: hair_color == GREY,
            freckles: light && dice.u8(..5) == 0,
            outfit: dice.choice(outfits).unwrap_or(Outfit::Crew),
            cloth: [cloth, 0xf1ece4],
            backdrop: dice.choice(backdrops).unwrap_or(SLATE),
        }
    }
}
