//! TLS on the wire: whom a client trusts, whom it does not, and how it says so. The authority is made for each test.

use std::sync::Arc;

use lockstep_runtime::reqwest::{Certificate, Identity};
use lockstep_runtime::{ClientBuilder, Error};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::api::Client;
use crate::server::KEY;

/// A certificate with its key, both as PEM and as the server wants them.
struct Signed {
    pem: String,
    key: KeyPair,
    der: rcgen::Certificate,
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: rcgen::Certificate,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let root = params.self_signed(&key).expect("a root");
        Self { issuer: Issuer::new(params, key), root }
    }

    fn signs(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> Signed {
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let der = params.signed_by(&key, &self.issuer).expect("a certificate");
        Signed { pem: der.pem(), key, der }
    }

    fn root(&self) -> Certificate {
        Certificate::from_pem(self.root.pem().as_bytes()).expect("a root")
    }
}

/// A server behind a certificate, which asks for one of this authority where there is one. It answers with `{}`.
async fn server(shown: &Signed, asks: Option<&Authority>) -> String {
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions");
    let config = match asks {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.root.der().clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            config.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(shown.key.serialize_der()));
    let config =
        config.with_single_cert(vec![shown.der.der().clone()], key).expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://localhost:{}", listener.local_addr().expect("an address").port());
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let reply = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            let _ = stream.write_all(reply.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

async fn asked(
    url: &str,
    tune: impl FnOnce(ClientBuilder<Client>) -> ClientBuilder<Client>,
) -> Result<(), Error> {
    let builder = Client::builder().key(KEY).base_url(url).max_retries(0);
    tune(builder).build()?.get("/").await.map(drop)
}

/// The error of a client that trusts an authority, in a word.
async fn refused(url: &str, root: Option<Certificate>) -> String {
    let trusting = |builder: ClientBuilder<Client>| match root {
        Some(root) => builder.http(move |http| http.tls_certs_only([root.clone()])),
        None => builder,
    };
    let error = asked(url, trusting).await.expect_err("nobody to be trusted");
    assert!(matches!(error, Error::Connect(_)), "{error:?}");
    let told = error.to_string();
    assert!(!told.contains(KEY) && told.contains("GET / at localhost:"), "{told}");
    told.rsplit(": ").next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_root_of_ones_own_is_trusted_and_no_other() {
    let authority = Authority::new("own");
    let url = server(&authority.signs("localhost", |_| {}), None).await;
    let root = authority.root();
    let added =
        asked(&url, |builder| builder.http(move |http| http.tls_certs_merge([root.clone()])));
    added.await.expect("it is trusted");
    let unknown = "nobody who is trusted vouches for the server's certificate";
    assert_eq!(refused(&url, None).await, unknown);
    assert_eq!(refused(&url, Some(Authority::new("stranger").root())).await, unknown);
}

#[tokio::test]
async fn a_certificate_for_another_host_or_time_is_refused() {
    let authority = Authority::new("own");
    let other = server(&authority.signs("example.com", |_| {}), None).await;
    assert_eq!(
        refused(&other, Some(authority.root())).await,
        "the server's certificate is for another host"
    );
    let expired = authority.signs("localhost", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    let expired = server(&expired, None).await;
    assert_eq!(
        refused(&expired, Some(authority.root())).await,
        "the server's certificate has expired"
    );
    let early = authority.signs("localhost", |params| {
        params.not_before = date_time_ymd(2999, 1, 1);
        params.not_after = date_time_ymd(3000, 1, 1);
    });
    let early = server(&early, None).await;
    assert_eq!(
        refused(&early, Some(authority.root())).await,
        "the server's certificate is not accepted"
    );
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_refused() {
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let key = KeyPair::generate().expect("a key");
    let der = params.self_signed(&key).expect("a certificate");
    let url = server(&Signed { pem: der.pem(), key, der }, None).await;
    assert_eq!(
        refused(&url, None).await,
        "nobody who is trusted vouches for the server's certificate"
    );
}

#[tokio::test]
async fn a_client_shows_a_certificate_where_one_is_asked_for() {
    let (authority, clients) = (Authority::new("own"), Authority::new("clients"));
    let url = server(&authority.signs("localhost", |_| {}), Some(&clients)).await;
    let own = clients.signs("client", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let pem = format!("{}{}", own.key.serialize_pem(), own.pem);
    let with_identity = |root: Certificate, pem: String| {
        move |builder: ClientBuilder<Client>| {
            builder.http(move |http| {
                let identity = Identity::from_pem(pem.as_bytes()).expect("an identity");
                http.tls_certs_only([root.clone()]).identity(identity)
            })
        }
    };
    asked(&url, with_identity(authority.root(), pem)).await.expect("it is known");
    // Without one, and with that of a stranger, the server ends the connection.
    let root = authority.root();
    let without =
        asked(&url, |builder| builder.http(move |http| http.tls_certs_only([root.clone()])));
    let error = without.await.expect_err("no certificate");
    assert!(matches!(error, Error::Connect(_) | Error::Transport(_)), "{error:?}");
    let stranger = Authority::new("stranger").signs("client", |_| {});
    let pem = format!("{}{}", stranger.key.serialize_pem(), stranger.pem);
    let error = asked(&url, with_identity(authority.root(), pem)).await.expect_err("a stranger");
    assert!(matches!(error, Error::Connect(_) | Error::Transport(_)), "{error:?}");
}
