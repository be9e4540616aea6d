//! Authorities and certificates, which every test creates anew.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// A certificate chain and its key, as PEM text.
pub(crate) struct Pair {
    pub(crate) chain: String,
    pub(crate) key: String,
}

/// A certificate authority.
pub(super) struct Authority {
    /// The authority's own certificate, as a root.
    pub(super) root: String,
    issuer: Issuer<'static, KeyPair>,
}

/// The validity of a certificate: from the first day of one year to the first day of another.
pub(super) const NOW: (i32, i32) = (2000, 3000);
pub(super) const LONG_AGO: (i32, i32) = (2000, 2001);
pub(super) const NOT_YET: (i32, i32) = (2999, 3000);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let root = params.self_signed(&key).expect("a certificate").pem();
        Self {
            root,
            issuer: Issuer::new(params, key),
        }
    }

    /// Returns a certificate for the hosts that is valid now.
    pub(super) fn sign(&self, hosts: &[&str]) -> Pair {
        self.sign_for(hosts, NOW)
    }

    pub(super) fn sign_for(&self, hosts: &[&str], (from, to): (i32, i32)) -> Pair {
        let mut params = params(hosts);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        Pair {
            chain: signed.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// Returns a self-signed certificate.
pub(crate) fn self_signed(hosts: &[&str]) -> Pair {
    let key = KeyPair::generate().expect("a key");
    let signed = params(hosts).self_signed(&key).expect("a certificate");
    Pair {
        chain: signed.pem(),
        key: key.serialize_pem(),
    }
}

fn params(hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
    CertificateParams::new(hosts).expect("names of hosts")
}
