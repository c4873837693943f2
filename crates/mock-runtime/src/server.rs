//! Sockets: HTTP/1.1 over TCP around an [`Engine`].
//!
//! Everything that a hostile client could grow is bounded here: connections, heads, bodies,
//! and the time that any of them takes.

use std::future::{Future, poll_fn};
use std::net::TcpListener as StdListener;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, SERVER};
use http::{HeaderValue, Request, Response, Version};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::connections::{Connections, Place};
use crate::control;
#[cfg(feature = "proxy")]
use crate::engine::LIGHT;
use crate::engine::{Answer, Engine, limit};
use crate::settings::Fault;
use crate::socket::{Broken, ReplyBody, Socket};

/// Most connections at once; for one more, the idlest is closed.
const CONNECTIONS: usize = 1_024;
/// Longest head of a request, in bytes.
const HEAD: usize = 64 * 1024;
/// Longest time that a head or an idle connection may take.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// Longest time that a body may take.
const BODY_TIME: Duration = Duration::from_secs(60);
/// Bodies from this size on are read two at a time.
const LARGE: usize = 1 << 20;
/// Requests that take longer are answered so many at a time, beside all others.
const WORKERS: usize = 2;
/// Most bytes of a refused body that are read only to be thrown away, so that the client can read the refusal.
const DISCARDED: u64 = 256 << 20;
/// Longest time that connections have to end when the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

struct Shared {
    engine: Arc<Engine>,
    start: Instant,
    large: Semaphore,
    /// Turns for what takes longer.
    work: Semaphore,
}

/// Serves until `stop` ends, then lets the open requests finish.
///
/// # Errors
/// When the listener cannot be used with Tokio.
pub async fn serve(
    listener: StdListener,
    engine: Arc<Engine>,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let shared = Arc::new(Shared {
        engine,
        start: Instant::now(),
        large: Semaphore::new(2),
        work: Semaphore::new(WORKERS),
    });
    let connections = Connections::new(CONNECTIONS);
    let (farewell, stopping) = watch::channel(());
    let accepting = accept(&listener, &shared, &connections, &stopping);
    first(stop, accepting).await;
    drop(listener);
    drop(farewell);
    let _ = timeout(FAREWELL, connections.ended()).await;
    Ok(())
}

/// Runs two futures until the first of them ends.
pub(crate) async fn first(one: impl Future<Output = ()>, two: impl Future<Output = ()>) {
    let (mut one, mut two) = (pin!(one), pin!(two));
    poll_fn(|cx| {
        if one.as_mut().poll(cx).is_ready() || two.as_mut().poll(cx).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

async fn accept(
    listener: &TcpListener,
    shared: &Arc<Shared>,
    connections: &Arc<Connections>,
    stopping: &watch::Receiver<()>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let Some(permit) = connections.place().await else { return };
                let place = connections.open(permit);
                let (shared, stopping) = (Arc::clone(shared), stopping.clone());
                tokio::spawn(async move {
                    connection(stream, shared, &place, stopping).await;
                    drop(place);
                });
            }
            // Out of descriptors, or a connection that is gone already: neither is the end.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn connection(
    stream: TcpStream,
    shared: Arc<Shared>,
    place: &Place,
    mut stopping: watch::Receiver<()>,
) {
    // Replies are small; without this each would wait for the acknowledgement of the last.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&reset)));
    let service = service_fn(|request| {
        let busy = place.activity.works();
        let handled = handle(request, Arc::clone(&shared), Arc::clone(&reset));
        async move {
            let reply = handled.await;
            drop(busy);
            reply
        }
    });
    let mut http = http1::Builder::new();
    // A client may end its side and wait for the reply.
    http.half_close(true);
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD)
        .max_headers(128);
    let mut connection = pin!(http.serve_connection(socket, service));
    let mut farewell = pin!(stopping.changed());
    let mut close = pin!(place.activity.close.notified());
    let mut ending = false;
    poll_fn(|cx| {
        if close.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if !ending && farewell.as_mut().poll(cx).is_ready() {
            ending = true;
            connection.as_mut().graceful_shutdown();
        }
        // Broken requests are answered by hyper; what is left of them is nobody's concern.
        connection.as_mut().poll(cx).map(|_| ())
    })
    .await;
}

async fn handle(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    reset: Arc<AtomicBool>,
) -> Result<Response<ReplyBody>, Broken> {
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let engine = &shared.engine;
    let (permit, read) = match has_one_host(&head) {
        false => (None, Err((400, "a request names one host, in one Host header".to_owned()))),
        true => match timeout(BODY_TIME, read(&head, body, &shared)).await {
            Ok((permit, read)) => (permit, read),
            Err(_) => (None, Err((408, "the body took too long".to_owned()))),
        },
    };
    let mut answer = match read {
        Ok(body) => {
            let request = head.map(|()| body);
            answer(request, &shared).await
        }
        Err((status, reason)) => {
            let mut answer =
                engine.refuse(head.map(|()| Bytes::new()), status, &reason, shared.start.elapsed());
            answer.headers.insert(CONNECTION, HeaderValue::from_static("close"));
            answer
        }
    };
    drop(permit);
    // Whoever records traffic to learn from it has to know what no upstream ever said.
    answer.headers.entry(SERVER).or_insert(HeaderValue::from_static("lockstep-mock"));
    if !answer.wait.is_zero() {
        sleep(answer.wait).await;
    }
    reply(answer, &reset)
}

/// The answer of the engine, or of the real API behind it.
async fn answer(request: Request<Bytes>, shared: &Arc<Shared>) -> Answer {
    #[cfg(feature = "proxy")]
    if let Some(proxy) = shared.engine.proxy()
        && !control::is_meant(&shared.engine, request.uri().path())
    {
        return proxied(proxy, request, shared).await;
    }
    let is_work = shared.engine.is_work(&request);
    worked(shared, is_work, move |shared| {
        control::answer(&shared.engine, &request)
            .unwrap_or_else(|| shared.engine.answer(request, shared.start.elapsed()))
    })
    .await
}

/// Judges a request, hands it on, and judges what comes back.
#[cfg(feature = "proxy")]
async fn proxied(
    proxy: &crate::proxy::Proxy,
    request: Request<Bytes>,
    shared: &Arc<Shared>,
) -> Answer {
    use crate::proxy::{of_reply, unlike};
    let (engine, now) = (&shared.engine, shared.start.elapsed());
    if let Some(answer) = engine.preflight(&request) {
        return answer;
    }
    let cors = engine.cors(&request);
    let is_large = request.body().len() > LIGHT;
    let asked = request.clone();
    let mut judged =
        worked(shared, is_large, move |shared| shared.engine.judged_request(&asked)).await;
    if let Some(refusal) = judged.refusal.take_if(|_| proxy.is_strict()) {
        return engine.refused(request, refusal, now, cors.as_ref());
    }
    let reply = match proxy.send(&engine.service, &request).await {
        Ok(reply) => reply,
        Err(refusal) => return engine.refused(request, refusal, now, cors.as_ref()),
    };
    let mut found = Vec::new();
    if let Some(operation) = judged.operation {
        let (status, method) = (reply.status.as_u16(), request.method().clone());
        let (headers, body) = (reply.headers.clone(), reply.body.clone());
        let is_large = body.len() > LIGHT;
        let judging = move |shared: &Shared| {
            shared.engine.judged_reply(operation, &method, status, &headers, &body)
        };
        found = worked(shared, is_large, judging).await;
    }
    if proxy.is_strict() && !found.is_empty() {
        return engine.refused(request, unlike(&found), now, cors.as_ref());
    }
    let mut answer = proxy.answer(reply, &found, &judged);
    if let Some(cors) = cors {
        cors.allow(&mut answer.headers);
    }
    engine.passed_on(request, answer, judged, of_reply(found), now)
}

/// Does something here, or where nobody else waits for it if it may take longer.
async fn worked<T: Send + 'static>(
    shared: &Arc<Shared>,
    is_work: bool,
    work: impl FnOnce(&Shared) -> T + Send + 'static,
) -> T {
    if !is_work {
        return work(shared);
    }
    let _turn = shared.work.acquire().await;
    let working = Arc::clone(shared);
    match tokio::task::spawn_blocking(move || work(&working)).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The server is being taken down, and nobody waits any more.
            Err(_) => std::future::pending().await,
        },
    }
}

fn reply(answer: Answer, reset: &AtomicBool) -> Result<Response<ReplyBody>, Broken> {
    let body = match answer.fault {
        None => ReplyBody::Whole(answer.body),
        Some(Fault::Half) if !answer.body.is_empty() => ReplyBody::half(answer.body),
        Some(Fault::Drip) => ReplyBody::drip(answer.body),
        Some(Fault::Reset) => {
            reset.store(true, Ordering::Relaxed);
            return Err(Broken);
        }
        Some(Fault::Drop | Fault::Half) => return Err(Broken),
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

type Refused = (u16, String);
type Permit<'s> = Option<tokio::sync::SemaphorePermit<'s>>;

/// Reads a body within its limit. A large one waits for its turn, and keeps it until it is answered.
async fn read<'s>(
    head: &Request<()>,
    mut body: Incoming,
    shared: &'s Shared,
) -> (Permit<'s>, Result<Bytes, Refused>) {
    if body.is_end_stream() {
        return (None, Ok(Bytes::new()));
    }
    let limit = limit(head, &shared.engine.state().settings);
    let too_long = || (413, format!("the body is longer than {limit} bytes"));
    let announced = head
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        if !head.headers().contains_key(EXPECT) {
            discard(body).await;
        }
        return (None, Err(too_long()));
    }
    let mut permit = None;
    let mut first = Bytes::new();
    let mut whole = BytesMut::new();
    while let Some(chunk) = next(&mut body).await {
        let Ok(chunk) = chunk else {
            return (permit, Err((400, "the body broke off or is not framed well".to_owned())));
        };
        let length = first.len() + whole.len() + chunk.len();
        if length > limit {
            discard(body).await;
            return (permit, Err(too_long()));
        }
        if permit.is_none() && length > LARGE {
            permit = shared.large.acquire().await.ok();
        }
        // Most bodies arrive in one piece and are never copied.
        if first.is_empty() && whole.is_empty() {
            first = chunk;
        } else {
            if whole.is_empty() {
                whole.reserve(announced.unwrap_or(0).min(LARGE).max(length));
                whole.extend_from_slice(&std::mem::take(&mut first));
            }
            whole.extend_from_slice(&chunk);
        }
    }
    (permit, Ok(if whole.is_empty() { first } else { whole.freeze() }))
}

/// Whether a request says for whom it is, once, as RFC 9112 demands of HTTP/1.1.
fn has_one_host(head: &Request<()>) -> bool {
    let mut hosts = head.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let is_host = |byte: &u8| byte.is_ascii_graphic() && !b"/?#@\\,".contains(byte);
            host.as_bytes().iter().all(is_host)
        }
        (None, None) => head.version() < Version::HTTP_11,
        _ => false,
    }
}

async fn next(body: &mut Incoming) -> Option<Result<Bytes, hyper::Error>> {
    loop {
        let frame = poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await?;
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(data)) => return Some(Ok(data)),
            // Trailers say nothing that matters here.
            Ok(Err(_)) => {}
            Err(error) => return Some(Err(error)),
        }
    }
}

async fn discard(mut body: Incoming) {
    let mut left = DISCARDED;
    while let Some(Ok(chunk)) = next(&mut body).await {
        left = left.saturating_sub(chunk.len() as u64);
        if left == 0 {
            return;
        }
    }
}
