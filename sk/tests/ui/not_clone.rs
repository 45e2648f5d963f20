use suitkaise_sk::sk;

struct Socket;

#[sk]
fn send(socket: &Socket, ticket: Socket) -> Result<(), String> {
    let _ = (socket, ticket);
    Ok(())
}

fn main() {
    let _ = send::rate_limit(1.0).call(&Socket, Socket);
    let _ = send::background();
    let _ = send::retry(3);
}
