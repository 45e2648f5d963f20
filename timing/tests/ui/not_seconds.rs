use suitkaise_timing::{Sktimer, TimeThis};

fn main() {
    let timer = Sktimer::new();
    let _t = TimeThis::on(&timer).threshold("0.5");
}
