package io.kurir.bus;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;

/** Names the class where a component's type is a sealed interface of ours, or any record: one of ours, so that no peer can make another one come to life. */
final class SealedTypes extends ObjectMapper.DefaultTypeResolverBuilder {
    private static final long serialVersionUID = 1L;

    SealedTypes() {
        super(
                ObjectMapper.DefaultTyping.NON_FINAL,
                BasicPolymorphicTypeValidator.builder()
                        .allowIfSubType(Records.OURS)
                        .build());
        StdTypeResolverBuilder _ = init(JsonTypeInfo.Id.CLASS, null)
                .inclusion(JsonTypeInfo.As.PROPERTY)
                .typeProperty("@class");
    }

    @Override
    public boolean useForType(JavaType type) {
        return type.getRawClass() == Record.class
                || (type.getRawClass().isSealed()
                        && type.getRawClass().getName().startsWith(Records.OURS));
    }
}
