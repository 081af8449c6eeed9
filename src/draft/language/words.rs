//! The languages that are told apart, and the small words that tell them. Words of one language that are
//! names or everyday words of another ("Die", "war") are in it all the same: what several languages have
//! counts less, and one word alone says nothing.

use super::Script;

/// What is known of a language.
pub(super) struct Entry {
    /// As HeyGen names it.
    pub name: &'static str,
    /// The first part of its BCP 47 tags.
    pub tags: &'static [&'static str],
    /// Other names of it.
    pub also: &'static [&'static str],
    /// The likeliest language of a writing system comes first in the list.
    pub scripts: &'static [Script],
    /// Languages with the same word here are not told apart for sure.
    pub near: Option<&'static str>,
    /// Small words in lower case, parted by spaces.
    pub words: &'static str,
}

const fn entry(
    name: &'static str,
    tags: &'static [&'static str],
    also: &'static [&'static str],
    scripts: &'static [Script],
    near: Option<&'static str>,
    words: &'static str,
) -> Entry {
    Entry { name, tags, also, scripts, near, words }
}

use Script::{
    Arabic, Bengali, Burmese, Cyrillic, Devanagari, Greek, Gujarati, Gurmukhi, Han, Hangul, Hebrew, Kana, Kannada,
    Khmer, Lao, Latin, Malayalam, Tamil, Telugu, Thai,
};

/// At most 64: each is a bit.
pub(super) static ENTRIES: &[Entry] = &[
    entry(
        "English",
        &["en"],
        &[],
        &[Latin],
        None,
        "the of and to in is it you that was for on are with as his they be at this have from or had by but not what \
         all were we when your can there an which their if will each about how up out them then she many some so \
         these would into has more her two him see than been who its now did get may our us i do does my me he just \
         only very also here where why no any other over after before should could before again while",
    ),
    entry(
        "German",
        &["de"],
        &[],
        &[Latin],
        None,
        "der die das und ist ich nicht sie es wir ihr ein eine einen einem einer eines den dem des zu zum zur im in \
         mit auf für von vom aus bei nach über unter auch als wie wenn dass daß sich so noch nur schon werden wird \
         wurde sind war hat haben kann können man mehr oder aber um an am er mein meine ihre ihren ihrem unser unsere \
         uns ihnen was wer wo hier jetzt dann sehr alle alles durch diese dieser dieses diesem kein keine bis vor \
         ohne heute immer bitte damit jeder jeden jedes",
    ),
    entry(
        "Spanish",
        &["es"],
        &["Castilian"],
        &[Latin],
        Some("Spanish"),
        "el la los las de del que y en un una unos unas es son por para con no se su sus lo le les al como más pero \
         si sí este esta estos estas eso esto ese esa hay fue ser está están muy ya también cuando donde dónde qué \
         quién nos nuestro nuestra nuestros me mi tu te usted ustedes ha han sobre entre sin hasta desde todo todos \
         toda todas cada hoy ahora porque cómo puede tiene tres",
    ),
    entry(
        "French",
        &["fr"],
        &[],
        &[Latin],
        None,
        "le la les de des du un une et est en que qui dans pour pas ne sur au aux avec ce cette ces son sa ses il elle \
         ils elles nous vous je tu on se par plus ou où mais comme sont été être avoir a ont leur leurs notre nos \
         votre vos tout tous toute toutes très si y bien aussi même sans sous chez entre après avant quand qu l d c n \
         s j m t cela ça donc chaque fait peut",
    ),
    entry(
        "Italian",
        &["it"],
        &[],
        &[Latin],
        None,
        "il lo la i gli le di del dello della dei degli delle e è che in un uno una per con non si su sul sulla da dal \
         dalla dai nel nella nei nelle al allo alla ai agli alle come ma anche più sono ha hanno questo questa questi \
         queste quello quella ci mi ti vi se o suo sua loro nostro nostra noi voi io tutto tutti tutte molto quando \
         dove chi cosa ogni fra tra essere stato era d l dell all nell ed",
    ),
    entry(
        "Portuguese",
        &["pt"],
        &[],
        &[Latin],
        None,
        "o a os as de do da dos das que e é em um uma uns umas no na nos nas para por pelo pela com não se ao à aos \
         às mais mas como foi são ser está estão sua seu suas seus ele ela eles elas você vocês eu nós isso isto esse \
         essa este esta também já muito quando onde ou até sem sobre entre todo todos toda todas cada nosso nossa \
         tem há hoje só depois porque",
    ),
    entry(
        "Dutch",
        &["nl"],
        &["Flemish"],
        &[Latin],
        None,
        "de het een en van in is dat die te op aan met voor niet zijn er maar ook als om bij uit door naar over tot \
         dan wat we wij je jij u ik hij ze zij hem haar hun ons onze uw jullie worden wordt werd heeft hebben had was \
         waren kan kunnen moet meer geen nog wel al zo hier daar deze dit wie waar hoe nu na of omdat onder zonder \
         iedere elke alle heel veel",
    ),
    entry(
        "Polish",
        &["pl"],
        &[],
        &[Latin],
        None,
        "i w z na do się nie że to jest o jak za od po co ale są tak dla przez przy już tylko czy być był była było \
         były może oraz ich jego jej tego tej ten ta te tym ze który która które bardzo pan pani państwo my ty ja on \
         ona nas wam nam wszystkie wszystko każdy każda każdego jeszcze gdy kiedy gdzie bez pod nad sobie a u",
    ),
    entry(
        "Swedish",
        &["sv"],
        &[],
        &[Latin],
        None,
        "och att det i en är som på den av för med till inte jag du vi de han hon ni har var om ett men så från kan \
         när nu här eller vad sin sitt alla mycket blir blev efter också bara över vid utan upp ut där hur man \
         skulle ska denna detta dessa någon något varje våra vår er era oss mig dig honom henne under mellan",
    ),
    entry(
        "Danish",
        &["da"],
        &[],
        &[Latin],
        Some("Danish"),
        "og at det i en er som på den af for med til ikke jeg du vi de han hun har var om et men så fra kan når nu her \
         eller hvad sin alle meget bliver blev efter også kun over ved uden op ud der hvor man skulle skal denne \
         dette disse noget nogle hver vores os mig dig mellem være havde vil deres jeres",
    ),
    entry(
        "Norwegian",
        &["no", "nb", "nn"],
        &["Bokmål", "Nynorsk"],
        &[Latin],
        Some("Danish"),
        "og å at det i en er som på den av for med til ikke jeg du vi de han hun har var om et men så fra kan når nå \
         her eller hva sin alle mye blir ble etter også bare over ved uten opp ut der hvor man skulle skal denne \
         dette disse noe noen hver vår våre oss meg deg mellom være hadde vil deres deg",
    ),
    entry(
        "Finnish",
        &["fi"],
        &[],
        &[Latin],
        None,
        "ja on ei se että en hän oli ne me te he joka mutta niin kun kuin tai myös ole ovat sen mitä tämä tässä nyt \
         vain jos jo sitä siitä kaikki olla olemme olette minä sinä meidän teidän heidän hyvin voi voit voimme vielä \
         sekä jotka kanssa ennen jälkeen tänään täällä missä miten miksi koska olivat ollut",
    ),
    entry(
        "Czech",
        &["cs"],
        &[],
        &[Latin],
        Some("Czech"),
        "a se na v je že to s z do o i jako pro ale si za by jsou k po od tak u jeho jen byl byla bylo který která které \
         jsem jsme jste být nebo až ve při může už co také není podle když jak jejich ještě tento tato toto všechny \
         každý velmi dnes nás vás vám nám ze ke",
    ),
    entry(
        "Slovak",
        &["sk"],
        &[],
        &[Latin],
        Some("Czech"),
        "a sa na v je že to s z do o aj ako pre ale si za by sú k po od tak u jeho len bol bola bolo ktorý ktorá ktoré \
         som sme ste byť alebo až vo pri môže už čo tiež nie podľa keď ich ešte tento táto toto všetky každý veľmi \
         dnes nás vás vám nám zo ku",
    ),
    entry(
        "Hungarian",
        &["hu"],
        &["Magyar"],
        &[Latin],
        None,
        "a az és hogy nem is egy ez de ha meg van volt mint csak már el még azt ki ezt vagy be mert lesz kell én ő mi \
         ti ők minden nagyon ami aki ahol itt ott most után előtt vannak voltak nincs lehet össze fel le úgy így \
         között által során szerint",
    ),
    entry(
        "Romanian",
        &["ro"],
        &["Moldovan"],
        &[Latin],
        None,
        "și şi de a în la cu pe nu este că o un să din ce mai pentru care se au fost sunt dar sau ca prin după le lui \
         ei el ea noi voi eu al ale ai lor acest această aceste acesta cum când unde foarte tot toate toți fără între \
         până fiecare dacă am ați îl îi",
    ),
    entry(
        "Turkish",
        &["tr"],
        &[],
        &[Latin],
        None,
        "ve bir bu da de için ile çok ne o var daha gibi olarak kadar en ama değil mi her ya ki sonra olan şey ben sen \
         biz siz onlar bunu şu önce ise veya hem kendi bütün tüm yok nasıl neden nerede bugün şimdi diye göre iki \
         olduğu oldu olur etti edilir lütfen",
    ),
    entry(
        "Indonesian",
        &["id", "ms"],
        &["Malay"],
        &[Latin],
        None,
        "yang dan di ini itu dengan untuk tidak dari dalam akan pada ke juga saya adalah ada kami kita mereka bisa \
         oleh atau sudah telah karena lebih anda kamu dia seperti hanya saat bagi dapat semua banyak para tersebut \
         harus setiap setelah sebelum apa bagaimana boleh tiada",
    ),
    entry(
        "Vietnamese",
        &["vi"],
        &[],
        &[Latin],
        None,
        "và của là có không được cho các những một người này trong với đã để khi đến cũng như về từ thì ra tôi bạn \
         chúng ta nhiều sẽ lại đó vào năm nhưng làm hay nếu ở mà trên rất tất cả mỗi hoặc sau trước",
    ),
    entry(
        "Catalan",
        &["ca"],
        &["Valencian"],
        &[Latin],
        Some("Spanish"),
        "el la els les de del dels que i en un una és són per amb no es a al als com més però si aquest aquesta aquests \
         aquestes hi ha molt també quan on què qui nosaltres nostre nostra vosaltres seva seu fins des tot tots tota \
         totes cada avui ara perquè pot té ser ho em et ens us",
    ),
    entry(
        "Filipino",
        &["fil", "tl"],
        &["Tagalog"],
        &[Latin],
        None,
        "ang ng sa na mga at ay ko mo niya kami tayo sila siya ito iyan iyon hindi para kung may mayroon wala po rin \
         din lang naman ka ako ikaw kayo namin natin nila kanilang isang bawat dahil kapag nang pero",
    ),
    entry(
        "Swahili",
        &["sw"],
        &[],
        &[Latin],
        None,
        "na ya wa kwa ni katika za la kama hii huo hiyo yake wao sisi wewe mimi yeye kuwa si pia lakini au cha vya \
         watu sana hapa leo wako wetu yetu kila ambayo baada kabla",
    ),
    entry(
        "Russian",
        &["ru"],
        &[],
        &[Cyrillic],
        None,
        "и в не на что я с он как это но по она к у из за от о же мы вы бы так его для их все ее её был была было были \
         есть или уже если до когда вот только еще ещё нет при во со ты они нас вас вам нам чтобы может можно очень \
         который которая которые этот эта эти том тем того здесь сейчас где каждый каждое после",
    ),
    entry(
        "Ukrainian",
        &["uk"],
        &[],
        &[Cyrillic],
        None,
        "і й в у не на що я з він як це але по вона до та за від о ж ми ви б так його для їх все її був була було були \
         є або вже якщо коли тільки ще немає при ти вони нас вас вам нам щоб може можна дуже який яка які цей ця ці \
         тут зараз де кожен кожна після зі під над",
    ),
    entry(
        "Bulgarian",
        &["bg"],
        &["Macedonian"],
        &[Cyrillic],
        None,
        "и в на не за да се от с са е си че по как това но като до ще ни ви му го я ги той тя те ние вие аз ти или \
         беше бяха има нещо само още вече много когато където какво който която които този тази тези тук сега след \
         преди при със във може трябва",
    ),
    entry(
        "Croatian",
        &["hr", "sr", "bs", "sl"],
        &["Serbian", "Bosnian", "Slovenian"],
        &[Latin, Cyrillic],
        None,
        "i u je se na da za su od s sa ne ili kao što koji koja koje ali iz po bi do će nije biti bio bila bilo samo \
         može te ovo ova ovaj taj to smo ste sam jer kada gdje gde kako svi sve vrlo veoma nakon prije pre svaki \
         vaš vaše naš naše in je so ki pri pa tudi kot bo biti lahko če ker smo vse \
         и у је се на да за су од са не или као што који која које али из по би до ће није бити само може ово смо",
    ),
    entry("Greek", &["el"], &[], &[Greek], None, ""),
    entry(
        "Arabic",
        &["ar"],
        &[],
        &[Arabic],
        None,
        "في من على أن إلى هذا هذه التي الذي كان عن مع ما لا هو هي أو ثم قد كل بعد قبل بين عند كما لم لن إن ذلك تلك \
         نحن أنت أنتم هم كانت يمكن حتى لكن غير و أي يوم حيث",
    ),
    entry(
        "Persian",
        &["fa"],
        &["Farsi", "Dari"],
        &[Arabic],
        None,
        "و در به از که این را با است برای آن یک خود تا بر هم نیز شد ما شما من او آنها می کند شده باید هر اما اگر بود \
         ها کرد همه بعد قبل چه هست نیست های",
    ),
    entry(
        "Urdu",
        &["ur"],
        &[],
        &[Arabic],
        None,
        "کے کی میں ہے اور سے کا کو یہ نے ہیں پر آپ ہم وہ بھی لیے ایک نہیں تھا ہو کر جو اس کہ تو گے گا رہا رہے سب یا",
    ),
    entry("Hebrew", &["he", "iw"], &["Yiddish"], &[Hebrew], None, ""),
    entry(
        "Hindi",
        &["hi"],
        &[],
        &[Devanagari],
        None,
        "है के में की और को से का यह हैं पर ने कि एक भी नहीं हम आप वह तो लिए इस हो था थी थे कर जो अपने ही या साथ तक \
         सभी बहुत बाद कुछ जब क्या",
    ),
    entry(
        "Marathi",
        &["mr"],
        &[],
        &[Devanagari],
        None,
        "आहे आणि या हा ही हे आहेत नाही तो ते त्या व मध्ये साठी करण्यात पण असे आपण आम्ही तुम्ही झाली झाले मी तर काही \
         असा एक",
    ),
    entry(
        "Nepali",
        &["ne"],
        &[],
        &[Devanagari],
        None,
        "छ र को मा हो छन् पनि यो गर्न लागि भएको हुन् गर्ने तर हामी तपाईं त्यो थियो एक सबै",
    ),
    entry("Bengali", &["bn", "as"], &["Bangla", "Assamese"], &[Bengali], None, ""),
    entry("Punjabi", &["pa"], &[], &[Gurmukhi], None, ""),
    entry("Gujarati", &["gu"], &[], &[Gujarati], None, ""),
    entry("Tamil", &["ta"], &[], &[Tamil], None, ""),
    entry("Telugu", &["te"], &[], &[Telugu], None, ""),
    entry("Kannada", &["kn"], &[], &[Kannada], None, ""),
    entry("Malayalam", &["ml"], &[], &[Malayalam], None, ""),
    entry("Thai", &["th"], &[], &[Thai], None, ""),
    entry("Lao", &["lo"], &[], &[Lao], None, ""),
    entry("Burmese", &["my"], &[], &[Burmese], None, ""),
    entry("Khmer", &["km"], &[], &[Khmer], None, ""),
    entry("Japanese", &["ja"], &[], &[Kana, Han], None, ""),
    entry("Korean", &["ko"], &[], &[Hangul, Han], None, ""),
    entry("Chinese", &["zh", "cmn", "yue"], &["Mandarin", "Cantonese", "Taiwanese"], &[Han], None, ""),
];
