//! Who acts in the sample logs: users with a home address and a browser, the applications they use, the
//! places they live. All invented; addresses come from ranges reserved for documentation and benchmarks
//! (RFC 5737, 2544, 6598, 3849) or for private networks, so that no entry points at a real machine.

use super::random::{Alphabet, Random, Zipf};

/// How many users there are, whatever the number of entries.
const USERS: u64 = 3000;

/// Where users come from in an identity provider's sense.
pub(super) struct Connection {
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) strategy: &'static str,
    pub(super) strategy_type: &'static str,
}

pub(super) const DATABASE: Connection = Connection {
    name: "Username-Password-Authentication",
    id: "con_q7RZ0mWcT4kUy1Lx",
    strategy: "auth0",
    strategy_type: "database",
};
const GOOGLE: Connection = Connection {
    name: "google-oauth2",
    id: "con_h2NvP8sYd6JgXe3A",
    strategy: "google-oauth2",
    strategy_type: "social",
};
const GITHUB: Connection = Connection {
    name: "github",
    id: "con_B5tKw9uZr1oCq7Mf",
    strategy: "github",
    strategy_type: "social",
};
const SAML: Connection = Connection {
    name: "acme-saml",
    id: "con_V3xEa6nHj0iLs8Dp",
    strategy: "samlp",
    strategy_type: "enterprise",
};
const ENTRA: Connection = Connection {
    name: "globex-entra",
    id: "con_Y1bGk4fQm7zRt2Uc",
    strategy: "waad",
    strategy_type: "enterprise",
};
pub(super) const EMAIL: Connection = Connection {
    name: "email",
    id: "con_J8dWv5yTn3hXo6Sa",
    strategy: "email",
    strategy_type: "passwordless",
};

const CONNECTIONS: [(u32, &Connection); 6] =
    [(52, &DATABASE), (20, &GOOGLE), (6, &GITHUB), (10, &SAML), (7, &ENTRA), (5, &EMAIL)];

/// A customer that is an organization of the tenant.
pub(super) struct Organization {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
}

const ACME: Organization =
    Organization { id: "org_k4Ws9vNz0RtLq2Xe", name: "acme", domain: "acme.example" };
const GLOBEX: Organization =
    Organization { id: "org_T6bJm1dYh8uPc3Fg", name: "globex", domain: "globex.example" };

/// A browser or device. `short` is the form that Auth0 makes of it.
pub(super) struct Agent {
    pub(super) short: &'static str,
    pub(super) long: &'static str,
    pub(super) mobile: bool,
}

#[rustfmt::skip]
const AGENTS: [(u32, &Agent); 9] = [
    (24, &Agent { short: "Chrome 137.0.0 / Windows 10.0.0", mobile: false,
        long: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36" }),
    (18, &Agent { short: "Chrome 137.0.0 / Mac OS X 10.15.7", mobile: false,
        long: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36" }),
    (14, &Agent { short: "Safari 18.4.0 / Mac OS X 10.15.7", mobile: false,
        long: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15" }),
    (16, &Agent { short: "Mobile Safari 18.5.0 / iOS 18.5.0", mobile: true,
        long: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1" }),
    (12, &Agent { short: "Chrome Mobile 137.0.0 / Android 10.0.0", mobile: true,
        long: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36" }),
    (6, &Agent { short: "Firefox 139.0.0 / Linux 0.0.0", mobile: false,
        long: "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0" }),
    (5, &Agent { short: "Firefox 139.0.0 / Windows 10.0.0", mobile: false,
        long: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0" }),
    (4, &Agent { short: "Edge 137.0.0 / Windows 10.0.0", mobile: false,
        long: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0" }),
    (1, &Agent { short: "Other 0.0.0 / Other 0.0.0", mobile: false, long: "okhttp/4.12.0" }),
];

/// What an attacker's tool says of itself.
pub(super) const ATTACK_AGENT: Agent = Agent {
    short: "Python Requests 2.31.0 / Other 0.0.0",
    long: "python-requests/2.31.0",
    mobile: false,
};

/// A city; its coordinates in ten-thousandths of a degree.
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) country_code: &'static str,
    pub(super) country_code3: &'static str,
    pub(super) continent: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) latitude: i64,
    pub(super) longitude: i64,
}

#[rustfmt::skip]
const PLACES: [(u32, &Place); 12] = [
    (12, &Place { city: "Berlin", country: "Germany", country_code: "DE", country_code3: "DEU", continent: "EU", time_zone: "Europe/Berlin", latitude: 525_200, longitude: 134_050 }),
    (8, &Place { city: "Zürich", country: "Switzerland", country_code: "CH", country_code3: "CHE", continent: "EU", time_zone: "Europe/Zurich", latitude: 473_769, longitude: 85_417 }),
    (10, &Place { city: "London", country: "United Kingdom", country_code: "GB", country_code3: "GBR", continent: "EU", time_zone: "Europe/London", latitude: 515_074, longitude: -1_278 }),
    (5, &Place { city: "Kraków", country: "Poland", country_code: "PL", country_code3: "POL", continent: "EU", time_zone: "Europe/Warsaw", latitude: 500_647, longitude: 199_450 }),
    (14, &Place { city: "Ashburn", country: "United States", country_code: "US", country_code3: "USA", continent: "NA", time_zone: "America/New_York", latitude: 390_438, longitude: -774_874 }),
    (12, &Place { city: "San José", country: "United States", country_code: "US", country_code3: "USA", continent: "NA", time_zone: "America/Los_Angeles", latitude: 373_382, longitude: -1_218_863 }),
    (7, &Place { city: "São Paulo", country: "Brazil", country_code: "BR", country_code3: "BRA", continent: "SA", time_zone: "America/Sao_Paulo", latitude: -235_505, longitude: -466_333 }),
    (5, &Place { city: "Bogotá", country: "Colombia", country_code: "CO", country_code3: "COL", continent: "SA", time_zone: "America/Bogota", latitude: 47_110, longitude: -740_721 }),
    (6, &Place { city: "東京", country: "Japan", country_code: "JP", country_code3: "JPN", continent: "AS", time_zone: "Asia/Tokyo", latitude: 356_762, longitude: 1_396_503 }),
    (6, &Place { city: "Bengaluru", country: "India", country_code: "IN", country_code3: "IND", continent: "AS", time_zone: "Asia/Kolkata", latitude: 129_716, longitude: 775_946 }),
    (4, &Place { city: "Nairobi", country: "Kenya", country_code: "KE", country_code3: "KEN", continent: "AF", time_zone: "Africa/Nairobi", latitude: -12_921, longitude: 368_219 }),
    (4, &Place { city: "Sydney", country: "Australia", country_code: "AU", country_code3: "AUS", continent: "OC", time_zone: "Australia/Sydney", latitude: -338_688, longitude: 1_512_093 }),
];

#[rustfmt::skip]
const GIVEN: [(&str, &str); 32] = [
    ("Anna", "anna"), ("Bruno", "bruno"), ("Chloé", "chloe"), ("Dilnoza", "dilnoza"), ("Ewa", "ewa"),
    ("Farid", "farid"), ("Greta", "greta"), ("Haruki", "haruki"), ("Inês", "ines"), ("Jürgen", "juergen"),
    ("Kofi", "kofi"), ("Łukasz", "lukasz"), ("Maryam", "maryam"), ("Nils", "nils"), ("Olga", "olga"),
    ("Priya", "priya"), ("Quentin", "quentin"), ("Renée", "renee"), ("Søren", "soeren"), ("Tomás", "tomas"),
    ("Ursula", "ursula"), ("Victor", "victor"), ("Wanjiru", "wanjiru"), ("Ximena", "ximena"), ("Yuki", "yuki"),
    ("Zoë", "zoe"), ("Андрей", "andrey"), ("美咲", "misaki"), ("Noah", "noah"), ("Leila", "leila"),
    ("Mateo", "mateo"), ("Grace", "grace"),
];

#[rustfmt::skip]
const FAMILY: [(&str, &str); 32] = [
    ("Abebe", "abebe"), ("Bauer", "bauer"), ("Castaño", "castano"), ("Dubois", "dubois"), ("Eriksen", "eriksen"),
    ("Fischer", "fischer"), ("García", "garcia"), ("Håkansson", "hakansson"), ("Ivanova", "ivanova"),
    ("Jensen", "jensen"), ("Kowalczyk", "kowalczyk"), ("Lindqvist", "lindqvist"), ("Müller", "mueller"),
    ("Nakamura", "nakamura"), ("O'Brien", "obrien"), ("Peña", "pena"), ("Quispe", "quispe"), ("Rossi", "rossi"),
    ("Şahin", "sahin"), ("Tanaka", "tanaka"), ("Ueda", "ueda"), ("Visser", "visser"), ("Weiß", "weiss"),
    ("Xu", "xu"), ("Yilmaz", "yilmaz"), ("Zhang", "zhang"), ("Okafor", "okafor"), ("Papadopoulos", "papadopoulos"),
    ("Singh", "singh"), ("van der Berg", "vanderberg"), ("Nguyễn", "nguyen"), ("Smith", "smith"),
];

/// One who signs in.
pub(super) struct User {
    pub(super) number: u64,
    /// The identity provider's id, `auth0|…` or another connection's form.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    /// The part of `email` before the `@`.
    pub(super) handle: String,
    pub(super) ipv4: String,
    pub(super) ipv6: String,
    pub(super) agent: &'static Agent,
    pub(super) connection: &'static Connection,
    pub(super) organization: Option<&'static Organization>,
    pub(super) place: &'static Place,
}

/// All users, the active ones first.
pub(super) struct Directory {
    users: Vec<User>,
    /// Those whose address is an office's.
    at_offices: Vec<usize>,
    activity: Zipf,
}

impl Directory {
    pub(super) fn new(seed: u64) -> Directory {
        let mut random = Random::new(seed, 1);
        let users: Vec<User> = (0..USERS).map(|number| user(number, &mut random)).collect();
        let at_offices = users.iter().enumerate().filter(|(_, user)| user.ipv4.starts_with("10."));
        Directory {
            at_offices: at_offices.map(|(index, _)| index).collect(),
            users,
            activity: Zipf::new(USERS),
        }
    }

    /// Someone, the active more often.
    pub(super) fn someone(&self, random: &mut Random) -> usize {
        self.activity.draw(random)
    }

    /// Someone who signs in from an office.
    pub(super) fn at_an_office(&self, random: &mut Random) -> usize {
        let index = random.below(self.at_offices.len().max(1) as u64) as usize;
        self.at_offices.get(index).copied().unwrap_or_default()
    }

    /// Anyone, each as likely: whom an attacker tries.
    pub(super) fn anyone(&self, random: &mut Random) -> usize {
        random.below(USERS) as usize
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "the index is kept below the number of users, which is not zero"
    )]
    pub(super) fn user(&self, index: usize) -> &User {
        &self.users[index % self.users.len()]
    }
}

fn user(number: u64, random: &mut Random) -> User {
    let (given, given_plain) = random.pick(&GIVEN);
    let (family, family_plain) = random.pick(&FAMILY);
    let connection = random.weighted(&CONNECTIONS);
    let organization = match connection.name {
        "acme-saml" => Some(&ACME),
        "globex-entra" => Some(&GLOBEX),
        _ => None,
    };
    let handle = format!("{given_plain}.{family_plain}{number}");
    let domain = match (organization, connection.strategy) {
        (Some(organization), _) => organization.domain,
        (None, "google-oauth2") => "mail.example",
        (None, _) => random.pick(&["example.com", "example.org", "example.net"]),
    };
    let email = format!("{handle}@{domain}");
    let id = match connection.strategy {
        "google-oauth2" => format!("google-oauth2|{}", random.digits(21)),
        "github" => format!("github|{}", random.digits(8)),
        "samlp" => format!("samlp|{}|{email}", connection.name),
        "waad" => format!("waad|{}", random.token(Alphabet::Base64Url, 43)),
        strategy => format!("{strategy}|{}", random.token(Alphabet::Hex, 24)),
    };
    // Those of an organization come from its office, the others from their homes.
    let office = organization.is_some() && random.permille(600);
    let mut byte = |low: u64, high: u64| random.between(low, high);
    let ipv4 = match (office, byte(0, 2)) {
        (true, _) => format!("10.{}.{}.{}", byte(0, 3), byte(0, 255), byte(1, 254)),
        (false, 0) => format!("100.{}.{}.{}", byte(64, 127), byte(0, 255), byte(1, 254)),
        (false, _) => format!("198.{}.{}.{}", byte(18, 19), byte(0, 255), byte(1, 254)),
    };
    let ipv6 = ipv6(random);
    // Some have a nickname in quotes, or something that needs two UTF-16 units.
    let name = match random.below(40) {
        0 => format!("{given} \"{given_plain}\" {family}"),
        1 => format!("{given} {family} \u{1f98a}"),
        2 => format!("{family}\\{given}"),
        _ => format!("{given} {family}"),
    };
    User {
        number,
        id,
        name,
        email,
        handle,
        ipv4,
        ipv6,
        agent: random.weighted(&AGENTS),
        connection,
        organization,
        place: random.weighted(&PLACES),
    }
}

/// An IPv6 address in one of the spellings that logs hold.
fn ipv6(random: &mut Random) -> String {
    let mut group = || random.between(1, 0xffff);
    let (site, net, host) = (group() % 0x400, group(), group());
    match random.below(20) {
        0 => format!("2001:0db8:{site:04x}:{net:04x}:0000:0000:0000:{host:04x}"),
        1 => format!("2001:DB8:{site:X}:{net:X}::{host:X}"),
        2 => format!("::ffff:198.18.{}.{}", net % 256, host % 254 + 1),
        3..=11 => format!("2001:db8:{site:x}:{net:x}::{host:x}"),
        _ => {
            let (a, b, c) = (random.between(1, 0xffff), random.between(1, 0xffff), host);
            format!("2001:db8:{site:x}:{net:x}:{a:x}:{b:x}:{c:x}:{:x}", random.between(1, 0xffff))
        }
    }
}

/// An application of the tenant.
pub(super) struct Application {
    pub(super) name: &'static str,
    pub(super) client_id: &'static str,
    pub(super) origin: &'static str,
    pub(super) audience: &'static str,
    pub(super) scope: &'static [&'static str],
    pub(super) sdk: (&'static str, &'static str),
}

const USER_SCOPE: [&str; 5] = ["openid", "profile", "email", "offline_access", "read:documents"];

/// Applications that people sign in to, the most used first.
#[rustfmt::skip]
pub(super) const APPLICATIONS: [(u32, &Application); 6] = [
    (40, &Application { name: "Documents Web", client_id: "v1Zc8LqT0mYwXb5RkD3nJ7sUgE9pHaF2",
        origin: "https://documents.example.com", audience: "https://api.example.com/documents",
        scope: &USER_SCOPE, sdk: ("auth0-spa-js", "2.1.3") }),
    (22, &Application { name: "Documents iOS", client_id: "Qp4WtN6rVx0KzG8eYj2BmC7uLhS1dAf9",
        origin: "com.example.documents://login.example.com", audience: "https://api.example.com/documents",
        scope: &USER_SCOPE, sdk: ("Auth0.swift", "2.10.0") }),
    (14, &Application { name: "Billing Portal", client_id: "eT9bRy3UoM5cJv1XnK7wHq2ZgL0sPd6A",
        origin: "https://billing.example.com", audience: "https://api.example.com/billing",
        scope: &["openid", "profile", "email", "read:invoices", "pay:invoices"], sdk: ("nextjs-auth0", "4.6.0") }),
    (12, &Application { name: "Support Desk", client_id: "hK2fXw7QaZ4oVt9SgN6mRb1EyU8jLc3D",
        origin: "https://support.example.com", audience: "https://api.example.com/support",
        scope: &["openid", "profile", "email", "read:tickets"], sdk: ("express-openid-connect", "2.18.0") }),
    (8, &Application { name: "Café & Küche \u{1f370}", client_id: "yD6sJm0PbR8wLq3HtA5vGk9XeZ2nCu7F",
        origin: "https://cafe.example.org", audience: "https://api.example.org/orders",
        scope: &["openid", "profile", "read:orders"], sdk: ("auth0-react", "2.2.4") }),
    (4, &Application { name: "Admin Console", client_id: "Mz5gVn1TcE7uKd4YpW0rXh8BqS3aJf6L",
        origin: "https://admin.example.com", audience: "https://api.example.com/admin",
        scope: &["openid", "profile", "email", "admin:all"], sdk: ("auth0-spa-js", "2.1.3") }),
];

/// Machines that call APIs with their own credentials.
#[rustfmt::skip]
pub(super) const MACHINES: [(u32, &Application); 4] = [
    (40, &Application { name: "Order Sync", client_id: "b0JrU7kQw2NcX9tGvL4ySm6ZhP1eDf8A",
        origin: "https://sync.example.com", audience: "https://api.example.com/orders",
        scope: &["read:orders", "write:orders"], sdk: ("auth0-java", "2.20.0") }),
    (30, &Application { name: "Nightly Export", client_id: "Wd3oT8xKa5VzM0bEnR7uHj1LqYg6Cs9P",
        origin: "https://export.example.com", audience: "https://login.example.com/api/v2/",
        scope: &["read:users", "read:logs", "read:clients"], sdk: ("auth0-python", "4.9.0") }),
    (20, &Application { name: "Deploy CLI", client_id: "nX6mLp9RfB2hGy4SvQ8wKt0ZcJ5eUa1D",
        origin: "https://ci.example.com", audience: "https://login.example.com/api/v2/",
        scope: &["read:clients", "update:clients", "create:clients", "read:connections", "update:connections",
            "read:actions", "update:actions", "read:tenant_settings", "update:tenant_settings"],
        sdk: ("node-auth0", "4.24.0") }),
    (10, &Application { name: "SIEM connector", client_id: "Rj7vDq2YzN5tHb0XkF9sCw4GmU8pLe3A",
        origin: "https://siem.example.net", audience: "https://login.example.com/api/v2/",
        scope: &["read:logs"], sdk: ("go-auth0", "1.17.2") }),
];
