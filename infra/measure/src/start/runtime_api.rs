//! The Lambda runtime API, for one process at a time.
//!
//! It uses blocking threads and no framework, because its own time is included in every figure.

use crate::process::Program;
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// The times of one start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) first_poll: Duration,
    /// The first and the second invocation, for functions with events.
    pub(crate) invocations: Option<[Duration; 2]>,
}

/// The time limit for a poll and for an answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// A request of the process with its time, and the connection that waits for the answer.
struct Request {
    at: Instant,
    line: String,
    body: Vec<u8>,
    answer: Sender<Vec<u8>>,
}

/// Starts the program, lets it poll, and sends it two events if there are any.
///
/// # Errors
/// The program does not start or answer in time, or an answer is unexpected.
pub(crate) fn measure(
    program: &Program,
    variables: &[(String, String)],
    events: Option<(&[String; 2], &str)>,
) -> Result<Start> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let (sender, requests) = channel();
    std::thread::spawn(move || accept(&listener, &sender));
    let mut command = program.command(&address, variables);
    let started_at = Instant::now();
    let mut child = command.spawn().with_context(|| format!("{} does not start", program.name))?;
    let measured = talk(started_at, &requests, events).with_context(|| program.name.clone());
    child.kill()?;
    child.wait()?;
    measured
}

fn talk(
    started_at: Instant,
    requests: &Receiver<Request>,
    events: Option<(&[String; 2], &str)>,
) -> Result<Start> {
    let mut poll = wait(requests, "GET", "/next")?;
    let first_poll = poll.at - started_at;
    let Some((events, expected)) = events else {
        return Ok(Start { first_poll, invocations: None });
    };
    let mut invocations = [Duration::ZERO; 2];
    for (event, invocation) in events.iter().zip(&mut invocations) {
        let sent_at = Instant::now();
        poll.answer.send(event_answer(event))?;
        let answer = wait(requests, "POST", "/response")?;
        *invocation = answer.at - sent_at;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(body.contains(expected), "the answer is {body}");
        answer.answer.send(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".to_vec())?;
        poll = wait(requests, "GET", "/next")?;
    }
    Ok(Start { first_poll, invocations: Some(invocations) })
}

fn wait(requests: &Receiver<Request>, method: &str, path_end: &str) -> Result<Request> {
    let request =
        requests.recv_timeout(DEADLINE).with_context(|| format!("no {method} {path_end} in time"))?;
    let path = request.line.split(' ').nth(1).unwrap_or_default();
    if request.line.starts_with(method) && path.ends_with(path_end) {
        return Ok(request);
    }
    bail!("{} instead of {method} {path_end}: {}", request.line, String::from_utf8_lossy(&request.body));
}

fn event_answer(event: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
         lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         lambda-runtime-deadline-ms: 9999999999999\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:measured\r\n\
         content-length: {}\r\n\r\n{event}",
        event.len()
    )
    .into_bytes()
}

/// Ends with the receiver, or when the listener is closed.
fn accept(listener: &TcpListener, requests: &Sender<Request>) {
    for connection in listener.incoming().flatten() {
        let requests = requests.clone();
        // An error means that the connection has ended.
        std::thread::spawn(move || serve(&connection, &requests).ok());
    }
}

fn serve(connection: &TcpStream, requests: &Sender<Request>) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let at = Instant::now();
        let body = read_body(&mut reader)?;
        let (answer, answered) = channel();
        requests.send(Request { at, line: line.trim_end().to_owned(), body, answer })?;
        let mut connection = connection;
        connection.write_all(&answered.recv()?)?;
    }
}

/// Reads headers up to the empty line, and the body by its length or in chunks.
fn read_body(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let (mut length, mut is_chunked) = (0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        is_chunked |= line.starts_with("transfer-encoding:") && line.ends_with("chunked");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    while is_chunked {
        let mut size = String::new();
        reader.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim(), 16)?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk)?;
        body.extend_from_slice(&chunk[..size]);
        is_chunked = size > 0;
    }
    Ok(body)
}
