//! The arguments of `#[timethis(..)]`.

use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, ExprLit, ExprUnary, Ident, Lit, Result, Token, UnOp};

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) timer: Option<Expr>,
    pub(crate) threshold: Option<Expr>,
    pub(crate) max_times: Option<Expr>,
    pub(crate) method: bool,
    pub(crate) extend: bool,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> Result<Args> {
        let mut args = Args::default();
        let mut seen: Vec<Ident> = Vec::new();
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            if seen.contains(&name) {
                return Err(Error::new(name.span(), format!("`{name}` is given twice")));
            }
            match name.to_string().as_str() {
                "timer" => args.timer = Some(value(input, &name)?),
                "threshold" => args.threshold = Some(not_negative(value(input, &name)?)?),
                "max_times" => args.max_times = Some(at_least_one(value(input, &name)?)?),
                "method" => args.method = true,
                "extend" => args.extend = true,
                _ => {
                    let known = "timer = EXPR, threshold = SECONDS, max_times = N, method, extend";
                    return Err(Error::new(name.span(), format!("unknown argument `{name}`; want {known}")));
                }
            }
            seen.push(name);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if let (Some(_), Some(max)) = (&args.timer, &args.max_times) {
            return Err(Error::new_spanned(
                max,
                "`max_times` belongs to the given timer: call `set_max_times` on it instead",
            ));
        }
        Ok(args)
    }
}

fn value(input: ParseStream<'_>, name: &Ident) -> Result<Expr> {
    if !input.peek(Token![=]) {
        return Err(Error::new(name.span(), format!("`{name}` wants a value: write `{name} = ..`")));
    }
    input.parse::<Token![=]>()?;
    input.parse()
}

/// A literal below zero is caught here; any other expression when it is used.
fn not_negative(expr: Expr) -> Result<Expr> {
    match &expr {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr: inner, .. }) if matches!(**inner, Expr::Lit(_)) => {
            Err(Error::new_spanned(&expr, "`threshold` must be zero or more seconds, like `0.001`"))
        }
        Expr::Lit(ExprLit { lit: Lit::Str(_) | Lit::Char(_) | Lit::Bool(_), .. }) => {
            Err(Error::new_spanned(&expr, "`threshold` wants seconds, like `0.001`, or a `Duration`"))
        }
        _ => Ok(expr),
    }
}

fn at_least_one(expr: Expr) -> Result<Expr> {
    if let Expr::Lit(ExprLit { lit: Lit::Int(n), .. }) = &expr
        && n.base10_digits() == "0"
    {
        return Err(Error::new_spanned(&expr, "`max_times` must be at least 1; leave it out to keep all"));
    }
    Ok(expr)
}
